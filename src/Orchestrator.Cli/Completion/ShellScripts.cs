namespace Orchestrator.Cli.Completion;

/// <summary>What each shell is told. All of them ask <c>orch __complete</c>, so that they know what it knows.</summary>
internal static class ShellScripts
{
    public const string Bash = """
        # bash completion for orch: source <(orch completion bash)
        _orch() {
          local line=${COMP_LINE:0:COMP_POINT} words=() cur prefix item
          read -ra words <<<"$line"
          [[ $line == *[[:space:]] ]] && words+=("")
          cur=${words[${#words[@]}-1]}
          # readline takes what follows a = or a : for a word of its own.
          prefix=${cur%"${cur##*[=:]}"}
          COMPREPLY=()
          while IFS= read -r item; do
            case $item in
              :files) compopt -o default 2>/dev/null ;;
              :nospace) compopt -o nospace 2>/dev/null ;;
              *) item=${item%%$'\t'*}; COMPREPLY+=("${item#"$prefix"}") ;;
            esac
          done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
        }
        complete -F _orch orch

        """;

    public const string Zsh = """
        #compdef orch
        # zsh completion for orch: source <(orch completion zsh)
        _orch() {
          local item files
          local -a items space
          for item in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
            case $item in
              (:files) files=1 ;;
              (:nospace) space=(-S '') ;;
              (?*$'\t'*) items+=("${${item%%$'\t'*}//:/\\:}:${item#*$'\t'}") ;;
              (?*) items+=("${item//:/\\:}") ;;
            esac
          done
          (( $#items )) && _describe -t orch orch items $space
          [[ -n $files ]] && _files
        }
        (( $+functions[compdef] )) && compdef _orch orch

        """;

    public const string Fish = """
        # fish completion for orch: orch completion fish | source
        function __orch_complete
            set -l words (commandline -opc)
            for item in (command $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null)
                switch $item
                    case ':files'
                        __fish_complete_path (commandline -ct)
                    case ':nospace'
                    case '*'
                        echo $item
                end
            end
        end
        complete -c orch -f -a '(__orch_complete)'

        """;
}
