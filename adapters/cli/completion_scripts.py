"""The scripts themselves. Bash and zsh share one; zsh runs it through its own ``bashcompinit``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from core.safe_text import safe_text

if TYPE_CHECKING:
    from adapters.cli.completion import Spec

_BASH: Final = r"""
_funil() {
    local line rest word cur='' path='' skip='' place=0 db='' found='' kind=''
    COMPREPLY=()
    line="${COMP_LINE:0:$COMP_POINT}"
    case "$line" in *[[:space:]]) ;; *) cur="${line##*[[:space:]]}" ;; esac
    rest="${line%"$cur"}"
    rest="${rest#*[[:space:]]}"
    while [[ -n $rest ]]; do
        word="${rest%%[[:space:]]*}"
        rest="${rest#"$word"}"
        rest="${rest#"${rest%%[![:space:]]*}"}"
        if [[ -z $word ]]; then continue; fi
        if [[ -n $skip ]]; then
            if [[ $skip == --db ]]; then db="$word"; fi
            skip=''
        elif [[ $word == -?* ]]; then
            if [[ -n $(_funil_value "$path" "$word") ]]; then skip="$word"; fi
        elif [[ " $(_funil_members "$path") " == *" $word "* ]]; then
            path="${path:+$path }$word"
        else
            place=$((place + 1))
        fi
    done
    if [[ -n $skip ]]; then
        kind="$(_funil_value "$path" "$skip")"
    elif [[ $cur == -* ]]; then
        found="$(_funil_options "$path")"
    else
        if [[ $place == 0 ]]; then found="$(_funil_members "$path")"; fi
        if [[ -z $found ]]; then kind="$(_funil_place "$path" "$place")"; fi
    fi
    case "$kind" in
        ''|-) ;;
        file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return 0 ;;
        *'|'*) found="${kind//|/ }" ;;
        *) found="$(funil ${db:+--db "$db"} _complete "$kind" "$cur" 2>/dev/null)" ;;
    esac
    COMPREPLY=($(compgen -W "$found" -- "$cur"))
}
complete -F _funil funil
"""
_ZSH: Final = "#compdef funil\nautoload -U +X bashcompinit && bashcompinit\n"
_FISH: Final = r"""
function __funil_words
    set -l skip ''
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip ''
        else if test "$word" = --db
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __funil_at
    test (string join ' ' (__funil_words)) = "$argv[1]"
end
function __funil_in
    string match -q -- "$argv[1] *" (string join ' ' (__funil_words))' '
end
function __funil_ids
    set -l words (commandline -opc)
    set -l at (contains -i -- --db $words)
    and set -l db --db $words[(math $at + 1)]
    funil $db _complete $argv[1] (commandline -ct) 2>/dev/null
end
complete -c funil -f
"""


def script(shell: str, specs: Sequence[Spec]) -> str:
    """Return a shell's script."""
    if shell == "fish":
        return "# fish completion for funil\n" + _FISH.lstrip("\n") + "".join(_fish(specs))
    head = _ZSH if shell == "zsh" else "# bash completion for funil\n"
    return head + "".join(_tables(specs)) + _BASH.lstrip("\n")


def _tables(specs: Sequence[Spec]) -> Iterable[str]:
    yield _table("members", specs, lambda spec: [_said(" ".join(spec.members))] if spec.members else [])
    yield _table("options", specs, lambda spec: [_said(" ".join(spec.options))])
    yield _table("value", specs, _values)
    yield _table("place", specs, _places)


def _table(name: str, specs: Sequence[Spec], answers: Callable[[Spec], Sequence[str]]) -> str:
    """Return a function that answers by the verb, its first argument."""
    known = [(spec.path, answer) for spec in specs if (answer := answers(spec))]
    cases = "".join(f"        '{path}') {' '.join(answer)} ;;\n" for path, answer in known)
    return f'_funil_{name}() {{\n    case "$1" in\n{cases}    esac\n}}\n'


def _values(spec: Spec) -> Sequence[str]:
    valued = {name: kind for name, kind in spec.options.items() if kind is not None}
    cases = " ".join(f"{name}) {_said(kind)} ;;" for name, kind in valued.items())
    return [f'case "$2" in {cases} esac'] if valued else []


def _places(spec: Spec) -> Sequence[str]:
    """Answer by the place; where one is repeated any further word may also be what stands last."""
    if not spec.places:
        return []
    kinds = [f"{place}) {_said(kind)} ;;" for place, kind in enumerate(spec.places)]
    if spec.repeats:
        kinds[-1] = f"*) {_said(spec.places[-1])} ;;"
    return [f'case "$2" in {" ".join(kinds)} esac']


def _said(words: str) -> str:
    return f"echo '{words}'"


def _fish(specs: Sequence[Spec]) -> Iterable[str]:
    for spec in specs:
        for name, about in spec.members.items():
            yield f"complete -c funil -n '__funil_at \"{spec.path}\"' -a {name} -d {_quoted(about)}\n"
        inside = f'__funil_in "{spec.path}"' if spec.path else '__funil_at ""'
        for name, kind in spec.options.items():
            value = "" if kind is None else f" -r{_fish_value(kind)}"
            about = spec.helps.get(name, "")
            yield f"complete -c funil -n '{inside}' -l {name[2:]}{value} -d {_quoted(about)}\n"
        for kind in dict.fromkeys(spec.places):
            if kind != "-":
                yield f"complete -c funil -n '{inside}'{_fish_value(kind)}\n"


def _fish_value(kind: str) -> str:
    if kind == "-":
        return ""
    if kind == "file":
        return " -F"
    return f" -a '{kind.replace('|', ' ')}'" if "|" in kind else f" -a '(__funil_ids {kind})'"


def _quoted(text: str) -> str:
    plain = re.sub(r"[\\']", "", safe_text(text))
    return f"'{plain}'"
