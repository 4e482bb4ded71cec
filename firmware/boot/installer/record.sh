# shellcheck shell=sh
# What was done is written down, so that only that is taken back. Each line of the record: a kind and a value.

settings_folder=/etc/retro-timer
record=$settings_folder/installed
log=/var/log/retro-timer-install.log
now_doing=beginning

# Say what is done, and do it unless this is a dry run. What fails ends the installation, by set -e.
step() {
    now_doing=$1
    say "$1"
    shift
    if [ -z "$dry_run" ]; then "$@"; fi
}

# A command whose many words go to the log; one line tells when it fails.
quietly() {
    if ! "$@" >>"$log" 2>&1; then
        die "failed at '$now_doing': $(grep . "$log" | tail -n 1) ($log tells more)"
    fi
}

begin_record() {
    make_folder "$settings_folder"
    [ -n "$dry_run" ] || : >"$log"
    did file "$log"
}

did() {
    if [ -z "$dry_run" ] && ! was_done "$1" "$2"; then
        [ -f "$record" ] || say "# What install.sh did here, for --uninstall and --purge." >"$record"
        say "$1 $2" >>"$record"
    fi
}

was_done() { grep -qxF "$1 $2" "$record" 2>/dev/null; }

values_of() { sed -n "s/^$1 //p" "$record" 2>/dev/null; }

forget() {
    [ -n "$dry_run" ] || [ ! -f "$record" ] || sed -i "/^$1 /d" "$record"
}

make_folder() {
    [ -d "$1" ] && return 0
    make_folder "$(dirname "$1")"
    step "make $1" mkdir "$1"
    did folder "$1"
}

# put_file SOURCE TARGET: a file that belongs to the program. One of that name that somebody else made is kept aside.
put_file() {
    cmp -s "$1" "$2" && return 0
    make_folder "$(dirname "$2")"
    if [ -e "$2" ] && ! was_done file "$2"; then
        step "keep the $2 that is here as $2.before-retro-timer" mv "$2" "$2.before-retro-timer"
        did replaced "$2"
    fi
    keep_for_going_back "$2"
    step "write $2" install -m 644 "$1" "$2"
    did file "$2"
    changed=yes
}

# put_folder SOURCE TARGET: all of a folder below the program's own, which goes as a whole.
put_folder() {
    diff -rq "$1" "$2" >/dev/null 2>&1 && return 0
    make_folder "$(dirname "$2")"
    step "write $2" replace_folder "$1" "$2"
}

replace_folder() {
    rm -rf "$2"
    cp -r "$1" "$2"
    chmod -R u=rwX,go=rX "$2"
}

clean_up() {
    trap '' INT TERM HUP
    if [ "$1" != 0 ] && [ -z "$told" ]; then
        printf 'install.sh: stopped at: %s\n' "$now_doing" >&2
    fi
    if [ "$1" != 0 ] && [ -z "$dry_run" ] && [ "$task" = install ]; then
        undo_half_done
    fi
    rm -rf "$work"
    exit "$1"
}
