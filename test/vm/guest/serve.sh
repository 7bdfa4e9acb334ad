#!/bin/bash
# The last of either start: modules, network, and the command runner, which ends with the guest.
modprobe -aq virtio_console virtio_net fuse loop xhci_pci usb_storage uas sd_mod sr_mod vfat exfat isofs nls_cp437 nls_ascii nls_utf8
udevadm trigger --action=add --subsystem-match=block --subsystem-match=usb --subsystem-match=misc --subsystem-match=virtio-ports
udevadm settle --timeout=30
mkdir -p /product /media
mountpoint -q /product || mount -t ext4 -o ro,noatime /dev/vdb /product

# QEMU's own network: the host is 10.0.2.2.
ip link set eth0 up && ip address add 10.0.2.15/24 dev eth0

for name in /sys/class/virtio-ports/*/name; do
  [ "$(<"$name")" = sekisho.commands ] && port=/dev/$(basename "$(dirname "$name")")
done
exec node /product/guest/command-runner.mjs "$port"
