#!/bin/sh
# What dhclient does in the phone's network with what it was given.
case $reason in
BOUND | RENEW | REBIND | REBOOT)
    ip address replace "$new_ip_address/$new_subnet_mask" dev "$interface"
    ip route replace default via "$new_routers"
    mkdir -p /etc/netns/phone
    echo "nameserver $new_domain_name_servers" >/etc/netns/phone/resolv.conf
    ;;
PREINIT) ip link set "$interface" up ;;
esac
