# shellcheck shell=sh
# Settings belong to the box's owner: they are written once, and never again.

offer_settings() {
    make_folder "$settings_folder/plans"
    offer "$root/config/config.toml" "$settings_folder/config.toml"
    offer "$root/firmware/boot/default" /etc/default/retro-timer
    for schema in "$root"/config/schemas/*.json; do
        put_file "$schema" "$settings_folder/schemas/$(basename "$schema")"
    done
}

# offer SOURCE TARGET: new defaults lie beside settings that differ, to be compared and copied by hand.
offer() {
    if [ ! -e "$2" ]; then
        step "write $2" install -m 644 "$1" "$2"
        did settings "$2"
    elif ! cmp -s "$1" "$2"; then
        say "keep $2 as it is"
        put_file "$1" "$2.dist"
    fi
}
