#!/bin/bash
# Process 1 of the guest: the least that udev, mounts and Node need, then the command runner.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/lock /media /product
ln -sfn /proc/self/fd /dev/fd
hostname guest
ip link set lo up

modprobe -aq virtio_console virtio_net fuse loop xhci_pci usb_storage uas sd_mod sr_mod vfat exfat isofs nls_cp437 nls_ascii nls_utf8
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --subsystem-match=block --subsystem-match=usb --subsystem-match=misc --subsystem-match=virtio-ports
udevadm settle --timeout=30
mount -t ext4 -o ro,noatime /dev/vdb /product

# QEMU's own network: the host is 10.0.2.2.
ip link set eth0 up && ip address add 10.0.2.15/24 dev eth0

for name in /sys/class/virtio-ports/*/name; do
  [ "$(<"$name")" = sekisho.commands ] && port=/dev/$(basename "$(dirname "$name")")
done
node /product/guest/command-runner.mjs "$port"
echo o >/proc/sysrq-trigger
sleep 60
