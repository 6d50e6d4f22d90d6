/**
 * Shell functions that look at bridges. `ip -d` comes first: in a container /sys can show the
 * interfaces of another network namespace. Before iproute2 4.3 (Ubuntu 14.04) only /sys tells.
 *
 * `bridges` prints the names of all; `bridge_state NAME` prints `STP DELAY PORT…`, the delay in
 * hundredths of a second, and fails when NAME is not a bridge.
 */
export const BRIDGE_SHELL = `bridges() {
  { ip -o link show type bridge 2>/dev/null | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/'
    for d in /sys/class/net/*/bridge; do d=\${d%/bridge}; d=\${d##*/}; ip link show dev "$d" >/dev/null 2>&1 && echo "$d"; done
  } | sort -u
}
bridge_state() {
  s=$(ip -d -o link show dev "$1" 2>/dev/null) || return 1
  case $s in
  *' stp_state '*) f=\${s#* forward_delay }; f=\${f%% *}; s=\${s#* stp_state }; s=\${s%% *} ;;
  *) [ -d "/sys/class/net/$1/bridge" ] || return 1
     s=$(cat "/sys/class/net/$1/bridge/stp_state"); f=$(cat "/sys/class/net/$1/bridge/forward_delay") ;;
  esac
  echo "$s $f $(ip -o link show master "$1" | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/' | tr '\\n' ' ')"
}
`;
