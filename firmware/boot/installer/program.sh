# shellcheck shell=sh
# The program: each version in a venv of its own below /opt/retro-timer/releases; the link `venv` names the one in use.

home=/opt/retro-timer
in_use=$home/venv
new=''

make_program() {
    if [ "$from" = archive ] && cmp -s "$root/SHA256SUMS" "$in_use/SHA256SUMS" && program_works "$in_use"; then
        say "Retro Timer $version is here already"
        return 0
    fi
    number=1
    while [ -e "$home/releases/$version-$number" ]; do number=$((number + 1)); done
    make_folder "$home"
    make_folder "$home/releases"
    new=$home/releases/$version-$number
    if [ "$from" = archive ]; then
        step "install Retro Timer $version into $new" fill_from_archive
    else
        step "install Retro Timer $version into $new, from the network" fill_from_checkout
    fi
    [ -n "$dry_run" ] && return 0
    # Without compiled files each start would compile anew: the service may not write here. They are taken as they
    # are, whatever the clock says: a box without a battery lives in the past now and then.
    quietly "$new/bin/python" -m compileall -q -j 0 --invalidation-mode unchecked-hash "$new/lib"
    program_works "$new" || die "Retro Timer $version does not run: $("$new/bin/retro-timer" --version 2>&1 | tail -n 1)"
}

# lgpio comes from the system, so the venv sees its packages; everything else is the locked version in the venv.
fill_from_archive() {
    quietly /usr/bin/python3 -m venv --system-site-packages --without-pip "$new"
    quietly "$new/bin/python" "$(echo "$root"/wheels/pip-*.whl)/pip" install --no-index --find-links "$root/wheels" \
        --ignore-installed --no-compile --no-warn-script-location --no-cache-dir "retro-timer[pi]"
    cp "$root/SHA256SUMS" "$new/SHA256SUMS"
}

fill_from_checkout() {
    quietly /usr/bin/python3 -m venv --system-site-packages "$new"
    for lock in run firmware; do
        quietly "$new/bin/python" -m pip install --require-hashes --ignore-installed --no-compile \
            --requirement "$root/requirements/$lock.txt"
    done
    quietly "$new/bin/python" -m pip install --no-deps --no-build-isolation --no-compile "$root"
}

program_works() { "$1/bin/retro-timer" --version >/dev/null 2>&1; }

# The link is replaced in one step: after a power cut it names one version or the other.
point_to() {
    ln -sfn "$1" "$home/venv.new"
    mv -T "$home/venv.new" "$in_use"
}

switch_program() {
    put_file "$root/README.md" "$home/share/README.md"
    if [ ! -e /usr/local/bin/retro-timer ] && [ ! -L /usr/local/bin/retro-timer ]; then
        step "make the command retro-timer" ln -s "$in_use/bin/retro-timer" /usr/local/bin/retro-timer
        did file /usr/local/bin/retro-timer
    fi
    [ -n "$new" ] || return 0
    switched=yes
    stop_service
    keep_results
    step "switch to Retro Timer $version" point_to "$new"
    changed=yes
}

forget_old_programs() {
    [ -z "$dry_run" ] || return 0
    for release in "$home"/releases/*; do
        [ "$release" = "$(readlink "$in_use")" ] || rm -rf "$release"
    done
    rm -rf "$kept"
}
