# shellcheck shell=sh
# Where the box can run, said in one line where it cannot. Before any of it, nothing has been changed.

check_rights() {
    [ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || die "needs root: sudo $0"
}

check_system() {
    architecture=$(dpkg --print-architecture 2>/dev/null) || die "this is no Debian: it needs Raspberry Pi OS"
    case $architecture in
        arm64 | amd64) ;;
        armhf | armel | i386) die "this system is 32 bit ($architecture): flash the 64-bit Raspberry Pi OS" ;;
        *) die "no program for $architecture: it needs the 64-bit Raspberry Pi OS (arm64)" ;;
    esac
    suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    case $suite in
        bookworm | trixie) ;;
        *) die "this system is '${suite:-unknown}': it needs Raspberry Pi OS bookworm or trixie" ;;
    esac
    if [ "$from" = archive ]; then
        check_archive_fits
    else
        version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml")
    fi
    [ -d /run/systemd/system ] || [ -n "$dry_run" ] || die "systemd does not run here: install on the started box"
}

check_archive_fits() {
    version=$(release_fact version)
    wanted=$(release_fact suite)-$(release_fact architecture)
    [ "$wanted" = "$suite-$architecture" ] ||
        die "this archive is for $wanted and this system is $suite-$architecture: take the archive with that name"
}

release_fact() { sed -n "s/^$1=//p" "$root/RELEASE"; }
