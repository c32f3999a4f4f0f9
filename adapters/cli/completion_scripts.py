"""The scripts themselves. Bash and zsh share one; zsh runs it through its own ``bashcompinit``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.safe_text import safe_text

if TYPE_CHECKING:
    from adapters.cli.completion import Spec

_BASH: Final = r"""
_funil() {
    local line rest word cur='' verb='' skip='' place=0 found='' kind=''
    local -a db=()
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
            if [[ $skip == --db ]]; then db=(--db "$word"); fi
            skip=''
        elif [[ $word == -?* ]]; then
            if [[ -n $(_funil_value "$verb" "$word") ]]; then skip="$word"; fi
        elif [[ " $(_funil_members "$verb") " == *" $word "* ]]; then
            verb="${verb:+$verb }$word"
        else
            place=$((place + 1))
        fi
    done
    if [[ -n $skip ]]; then
        kind="$(_funil_value "$verb" "$skip")"
    elif [[ $cur == -* ]]; then
        found="$(_funil_options "$verb")"
    else
        if [[ $place == 0 ]]; then found="$(_funil_members "$verb")"; fi
        if [[ -z $found ]]; then kind="$(_funil_place "$verb" "$place")"; fi
    fi
    case "$kind" in
        ''|-) ;;
        file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return 0 ;;
        *'|'*) found="${kind//|/ }" ;;
        *) found="$(funil "${db[@]}" _complete "$kind" "$cur" 2>/dev/null)" ;;
    esac
    COMPREPLY=($(compgen -W "$found" -- "$cur"))
}
complete -F _funil funil
"""
_ZSH: Final = "#compdef funil\nautoload -U +X bashcompinit && bashcompinit\n"
_ZSH_AT_ONCE: Final = """
if [[ ${funcstack[1]} == _funil ]]; then _bash_complete -F _funil; fi
"""
"""Found on ``fpath`` the script is run by the first completion itself, which it has to answer too."""
_FISH: Final = r"""
function __funil
    set -l verb ''
    set -l skip ''
    set -l place 0
    set -l db
    set -l kind
    set -l cur (commandline -ct)
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            test "$skip" = --db; and set db --db $word
            set skip ''
        else if string match -qr -- '^-.' "$word"
            set -l value (__funil_value "$verb" "$word")
            test -n "$value"; and set skip $word
        else if contains -- "$word" (__funil_members "$verb" | string replace -r '\t.*' '')
            set verb (string trim -- "$verb $word")
        else
            set place (math $place + 1)
        end
    end
    if test -n "$skip"
        set kind (__funil_value "$verb" "$skip")
    else if string match -q -- '-*' "$cur"
        __funil_options "$verb"
        return
    else
        set -l members (__funil_members "$verb")
        if test $place = 0 -a (count $members) -gt 0
            string join \n -- $members
            return
        end
        set kind (__funil_place "$verb" $place)
    end
    switch "$kind"
        case '' -
            return
        case file
            __fish_complete_path "$cur"
        case '*|*'
            string split '|' -- "$kind"
        case '*'
            funil $db _complete $kind "$cur" 2>/dev/null
    end
end
complete -c funil -f -a '(__funil)'
"""


def script(shell: str, specs: Sequence[Spec]) -> str:
    """Return a shell's script."""
    if shell == "fish":
        return "# fish completion for funil\n" + "".join(_fish_tables(specs)) + _FISH.lstrip("\n")
    bash = "".join(_tables(specs)) + _BASH.lstrip("\n")
    return _ZSH + bash + _ZSH_AT_ONCE if shell == "zsh" else "# bash completion for funil\n" + bash


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
    return f"printf %s '{words}'"  # zsh's echo swallows a dash


def _fish_tables(specs: Sequence[Spec]) -> Iterable[str]:
    """Yield the same tables; verbs and options come with what they are about, behind a tab."""
    yield _fish_table("members", [(spec.path, _described(spec.members)) for spec in specs])
    options = [(spec.path, {name: spec.helps.get(name, "") for name in spec.options}) for spec in specs]
    yield _fish_table("options", [(path, _described(helps)) for path, helps in options])
    kinds = [(f"{spec.path} {name}", kind) for spec in specs for name, kind in spec.options.items() if kind is not None]
    yield _fish_table("value", [(key, [_quoted(kind)]) for key, kind in kinds])
    places = [(f"{spec.path} {at}", kind) for spec in specs for at, kind in enumerate(spec.places)]
    places += [(f"{spec.path} *", spec.places[-1]) for spec in specs if spec.repeats]
    yield _fish_table("place", [(key, [_quoted(kind)]) for key, kind in places])


def _described(words: Mapping[str, str]) -> list[str]:
    return [f"{_quoted(word)}\\t{_quoted(safe_text(about))}" for word, about in words.items()]


def _fish_table(name: str, answers: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return a function that answers by its arguments, a line for each word; words are quoted already."""
    cases = "".join(
        f"        case {_quoted(key)}\n            string join \\n -- {' '.join(words)}\n"
        for key, words in answers
        if words
    )
    return f'function __funil_{name}\n    switch "$argv"\n{cases}    end\nend\n'


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"
