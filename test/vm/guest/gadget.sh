#!/bin/bash
# Runs in the guest: USB devices of any identity and function, made by the guest's own kernel (libcomposite) and plugged
# into its own ports (dummy_hcd). Each port is a root hub with one socket.
#   gadget.sh plug NAME PORT VENDOR PRODUCT SERIAL FUNCTION...   SERIAL may be empty; FUNCTION: storage=FILE, keyboard, printer, network
#   gadget.sh unplug NAME
set -e
config=/sys/kernel/config/usb_gadget
name=$2 folder=$config/$2

plug() {
  mkdir "$folder" "$folder/strings/0x409" "$folder/configs/c.1"
  echo "0x$2" >"$folder/idVendor"
  echo "0x$3" >"$folder/idProduct"
  echo Example >"$folder/strings/0x409/manufacturer"
  echo "$name" >"$folder/strings/0x409/product"
  [ -z "$4" ] || echo "$4" >"$folder/strings/0x409/serialnumber"
  local port=$1 function number=0
  shift 4
  for function in "$@"; do
    number=$((number + 1))
    local made
    case $function in
      storage=*)
        made=$folder/functions/mass_storage.$name$number
        mkdir "$made"
        echo 1 >"$made/lun.0/removable"
        echo "${function#storage=}" >"$made/lun.0/file"
        ;;
      keyboard)
        made=$folder/functions/hid.$name$number
        mkdir "$made"
        echo 1 >"$made/protocol"
        echo 1 >"$made/subclass"
        echo 8 >"$made/report_length"
        # The boot keyboard of the HID 1.11 specification, appendix E.6, without its lamps.
        printf '\x05\x01\x09\x06\xa1\x01\x05\x07\x19\xe0\x29\xe7\x15\x00\x25\x01\x75\x01\x95\x08\x81\x02\x95\x01\x75\x08\x81\x01\x95\x06\x75\x08\x15\x00\x25\x65\x05\x07\x19\x00\x29\x65\x81\x00\xc0' >"$made/report_desc"
        ;;
      printer)
        made=$folder/functions/printer.$name$number
        mkdir "$made"
        ;;
      network)
        made=$folder/functions/ecm.$name$number
        mkdir "$made"
        ;;
    esac
    ln -s "$made" "$folder/configs/c.1/"
  done
  echo "dummy_udc.$port" >"$folder/UDC"
}

unplug() {
  local each
  echo >"$folder/UDC"
  for each in "$folder"/configs/c.1/*.*; do rm "$each"; done
  rmdir "$folder/configs/c.1" "$folder"/functions/* "$folder/strings/0x409" "$folder"
}

command=$1
shift 2
"$command" "$@"
