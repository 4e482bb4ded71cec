# shellcheck shell=sh
# The user that the timer runs as, with the groups that own pins, buses and sound, and nothing else; and the page's, in no
# group but its own.

user=retro-timer
page_user=retro-timer-page

make_people() {
    groups=''
    for group in gpio i2c audio; do
        make_group "$group"
        groups=$groups,$group
    done
    # For a TF-Luna on the serial port.
    ! getent group dialout >/dev/null || groups=$groups,dialout
    make_user "$user" "${groups#,}"
    make_user "$page_user" ''
    add_member "${SUDO_USER:-}"
}

make_group() {
    getent group "$1" >/dev/null && return 0
    step "make the group $1, which this system lacks" groupadd --system "$1"
    did group "$1"
}

# make_user NAME GROUPS
make_user() {
    if getent passwd "$1" >/dev/null; then
        [ -n "$dry_run" ] || [ -z "$2" ] || usermod --append --groups "$2" "$1"
        return 0
    fi
    step "make the user $1${2:+, in $2}" useradd --system --user-group --no-create-home --home-dir "/var/lib/$1" \
        --shell /usr/sbin/nologin --groups "$2" "$1"
    did user "$1"
}

# Whoever installs may talk to the timer without sudo.
add_member() {
    case ${1:-root} in root) return 0 ;; esac
    id -nG "$1" | tr ' ' '\n' | grep -qxF "$user" && return 0
    step "let $1 talk to the timer (group $user, from the next login on)" \
        quietly gpasswd --add "$1" "$user"
}

remove_groups() {
    for group in $(values_of group); do
        others=$(getent group "$group" | cut -d: -f4 | tr ',' '\n' | grep -vxF "$user" || :)
        if [ -n "$others" ]; then
            say "keep the group $group: others are in it"
        elif getent group "$group" >/dev/null; then
            step "remove the group $group" groupdel "$group"
        fi
    done
    forget group
}

# Its group goes with it.
remove_user() {
    for name in $(values_of user); do
        ! getent passwd "$name" >/dev/null || step "remove the user $name" userdel "$name"
    done
}
