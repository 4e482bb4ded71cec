# shellcheck shell=sh
# The network by which phones reach the coach's page: asked for at the first installation by somebody at a terminal, and
# changed by `retro-timer network` whenever somebody likes.

# Last of all: who is logged in by Wi-Fi may lose the box by the answer.
offer_network() {
    if [ -n "$dry_run" ] || [ -n "$old" ] || ! command -v nmcli >/dev/null; then return 0; fi
    if [ ! -t 0 ]; then
        say "a Wi-Fi of the box's own, for phones: sudo retro-timer network hotspot --country CC"
        return 0
    fi
    say "How do phones reach the coach's page? (later: sudo retro-timer network --help)"
    say "  h  by a Wi-Fi of the box's own; who is logged in here by Wi-Fi loses the box"
    say "  j  by a Wi-Fi that there is, which the box joins"
    say "  n  not yet"
    case $(answer_to 'h, j or n') in
        h | H) make_network hotspot ;;
        j | J) make_network join "$(answer_to 'Name of the Wi-Fi')" ;;
        *) return 0 ;;
    esac
}

# What fails has told why in a line; the timer is installed all the same.
make_network() {
    country=$(answer_to 'Country, two letters such as DE; nothing if this system knows it')
    [ -z "$country" ] || set -- "$@" --country "$country"
    "$in_use/bin/retro-timer" network "$@" || say "no network: try again with sudo retro-timer network"
}

answer_to() {
    printf '%s: ' "$1" >&2
    read -r answer || :
    printf '%s\n' "${answer:-}"
}

# The hotspot's names lead nowhere without a page. Its profile is a setting, which goes with the others.
remove_network() {
    folder=/etc/NetworkManager
    remove_if_there "$folder/dnsmasq-shared.d/retro-timer.conf"
    [ "$task" = purge ] || return 0
    for name in retro-timer-hotspot retro-timer-club; do
        remove_if_there "$folder/system-connections/$name.nmconnection"
    done
    remove_if_there /etc/modprobe.d/retro-timer-wifi.conf
}

remove_if_there() {
    [ ! -e "$1" ] || step "remove $1" rm -f "$1"
}
