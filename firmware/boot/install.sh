#!/bin/sh
# Installs Retro Timer on Raspberry Pi OS (64 bit, bookworm or trixie), from a release archive without a network or
# from a checkout with one. It may be run again at any time: to upgrade, to repair, or after changed settings.
set -eu

usage() {
    cat <<'TEXT'
usage: sudo ./install.sh [--dry-run] [--uninstall | --purge]

  (nothing)     install, or upgrade what is installed; results and settings stay
  --dry-run     only say what would be done
  --uninstall   take back what was installed; results and settings stay
  --purge       take back everything, with results and settings
TEXT
}

say() { printf '%s\n' "$*"; }

die() {
    told=yes
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

read_options() {
    dry_run='' task=install told=''
    for option in "$@"; do
        case $option in
            --dry-run) dry_run=yes ;;
            --uninstall) [ "$task" = purge ] || task=uninstall ;;
            --purge) task=purge ;;
            -h | --help) usage && exit 0 ;;
            *) die "no option '$option'; expected --dry-run, --uninstall or --purge" ;;
        esac
    done
}

# The parts lie at the same places below $root in a checkout and in a release archive.
find_root() {
    here=$(cd "$(dirname "$0")" && pwd -P)
    if [ -f "$here/RELEASE" ]; then
        root=$here from=archive
    else
        root=$(cd "$here/../.." && pwd -P) from=checkout
    fi
    [ -d "$root/firmware/boot/installer" ] || die "its other parts are missing: unpack the whole archive"
}

check_archive() {
    [ "$from" = archive ] || return 0
    (cd "$root" && sha256sum --check --quiet --strict SHA256SUMS) >/dev/null 2>&1 ||
        die "the archive is damaged: a file differs from SHA256SUMS; copy it to the box again"
}

load_parts() {
    # shellcheck source=firmware/boot/installer/checks.sh
    . "$root/firmware/boot/installer/checks.sh"
    # shellcheck source=firmware/boot/installer/record.sh
    . "$root/firmware/boot/installer/record.sh"
    # shellcheck source=firmware/boot/installer/packages.sh
    . "$root/firmware/boot/installer/packages.sh"
    # shellcheck source=firmware/boot/installer/people.sh
    . "$root/firmware/boot/installer/people.sh"
    # shellcheck source=firmware/boot/installer/program.sh
    . "$root/firmware/boot/installer/program.sh"
    # shellcheck source=firmware/boot/installer/help.sh
    . "$root/firmware/boot/installer/help.sh"
    # shellcheck source=firmware/boot/installer/settings.sh
    . "$root/firmware/boot/installer/settings.sh"
    # shellcheck source=firmware/boot/installer/boot.sh
    . "$root/firmware/boot/installer/boot.sh"
    # shellcheck source=firmware/boot/installer/service.sh
    . "$root/firmware/boot/installer/service.sh"
    # shellcheck source=firmware/boot/installer/network.sh
    . "$root/firmware/boot/installer/network.sh"
    # shellcheck source=firmware/boot/installer/going_back.sh
    . "$root/firmware/boot/installer/going_back.sh"
    # shellcheck source=firmware/boot/installer/removal.sh
    . "$root/firmware/boot/installer/removal.sh"
}

install_all() {
    check_system
    begin_record
    install_packages
    announce_host_name
    make_people
    make_program
    prepare_going_back
    offer_settings
    configure_boot
    install_units
    switch_program
    install_help
    start_service
    forget_old_programs
    say "done: Retro Timer $version"
    [ -z "$reboot_needed" ] || say "reboot now, so that the bus and the sound card are there: sudo reboot"
    offer_network
}

read_options "$@"
find_root
check_archive
load_parts
check_rights
work=$(mktemp -d)
trap 'clean_up $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
case $task in
    install) install_all ;;
    uninstall | purge) remove_all ;;
esac
