# shellcheck shell=sh
# The handbook, the man page and the shells' completion.

shares=/usr/local/share
# Where fish looks, whatever its environment says.
fish=/etc/fish/completions

install_help() {
    put_folder "$root/docs" "$home/share/docs"
    made=$root/share
    if [ "$from" = checkout ]; then
        made=$work/share
        [ -n "$dry_run" ] || quietly "$in_use/bin/python" -m retro_timer.cli.manual "$made"
    fi
    put_help "$made/retro-timer.1" "$shares/man/man1/retro-timer.1"
    put_help "$made/bash/retro-timer" "$shares/bash-completion/completions/retro-timer"
    put_help "$made/zsh/_retro-timer" "$shares/zsh/site-functions/_retro-timer"
    put_help "$made/fish/retro-timer.fish" "$fish/retro-timer.fish"
}

# No reason to start the timer anew.
put_help() {
    was=$changed
    put_file "$1" "$2"
    changed=$was
}
