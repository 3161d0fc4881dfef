# Billion Hearts: waits for its host to die, then ends what the host left behind (HostWatchdog.cs tells it what).
mark=$1 groups= folders=
newline='
'
exec >/dev/null 2>&1
# Ends by itself when the host does; a signal meant for the host must not come first.
trap '' HUP INT QUIT TERM

# 4711 (a name) S 1 4711 …: of what follows the last parenthesis, the first word is the state and the 20th the start.
read_stat() {
    read -r stat <"/proc/$1/stat" || return 1
    set -- ${stat##*) }
    state=$1 started=${20}
}

without() { # the lines of $1 except those that match $2, taken as it is, followed by the pattern $3
    kept=
    while read -r line; do
        case $line in '' | "$2"$3) ;; *) kept=$kept$line$newline ;; esac
    done <<END
$1
END
}

while read -r verb subject; do
    case $verb in
        watch) without "$groups" "${subject%% *} " "*" && groups=$kept$subject$newline ;;
        forget) without "$groups" "$subject " "*" && groups=$kept ;;
        folder) folders=$folders$subject$newline ;;
        keep) without "$folders" "$subject" && folders=$kept ;;
    esac
done

# The host is gone, and PDEATHSIG has asked its children to stop: no need to ask again before they had some time.
find_marked() { marked=$(grep -lzsxF -- "$mark" /proc/[0-9]*/environ); }

each_marked() { # "$@" pid
    find_marked
    for entry in $marked; do
        entry=${entry%/environ}
        "$@" "${entry#/proc/}"
    done
}

# A group lives while its leader, told from a reused pid by its start, or a member that outlived the leader does.
is_left() {
    if read_stat "$1"; then
        [ "$started" = "$2" ] || return 1
        [ "$state" != Z ] && return
    fi
    kill -s 0 -- "-$1"
}

each_group() { # "$@" group ticks signal
    while read -r group ticks signal; do
        [ -n "$group" ] && is_left "$group" "$ticks" && left=1 && "$@"
    done <<END
$groups
END
}

ask_once() { # a child started in the host's last moment: before PDEATHSIG was set, before it was told here
    case "$newline$groups" in *"$newline$1 "*) ;; *) kill -s TERM "$1" ;; esac
}
ask_group() { kill -s "$signal" "$group"; }
kill_group() { kill -s KILL -- "-$group"; }
kill_marked() { kill -s KILL "$1"; }

each_marked ask_once
round=0
while [ $round -lt 40 ]; do
    left=
    if [ $round = 20 ]; then each_group ask_group; else each_group :; fi
    find_marked
    [ -z "$left$marked" ] && break
    sleep 0.2
    round=$((round + 1))
done

each_group kill_group
each_marked kill_marked
each_marked kill_marked

while read -r folder; do
    [ -n "$folder" ] && rm -rf --one-file-system -- "$folder"
done <<END
$folders
END
