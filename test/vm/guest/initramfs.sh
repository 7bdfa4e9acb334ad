#!/bin/busybox sh
# First program of the guest: loads what the root disk needs and hands over to it.
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in $(/bin/busybox cat /modules/order); do
  /bin/busybox insmod "/modules/$module" || echo "guest: $module cannot be loaded"
done
/bin/busybox mount -t ext4 -o noatime /dev/vda /root || echo 'guest: there is no root disk'
/bin/busybox cp /guest-serve /guest-init /root/usr/sbin/
if /bin/busybox grep -q sekisho.systemd /proc/cmdline; then
  /bin/busybox cp /guest-commands.service /root/etc/systemd/system/
  exec /bin/busybox switch_root /root /lib/systemd/systemd
fi
exec /bin/busybox switch_root /root /usr/sbin/guest-init
