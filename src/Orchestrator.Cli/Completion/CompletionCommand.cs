using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli.Completion;

/// <summary><c>completion SHELL</c>: the script that makes a shell complete orch's words.</summary>
internal sealed class CompletionCommand : Command
{
    public override string Usage => "(bash|zsh|fish)";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
    [
        "source <(orch completion bash)                                        # this shell",
        "orch completion bash > /etc/bash_completion.d/orch                    # every shell",
        "orch completion zsh > \"${fpath[1]}/_orch\"",
        "orch completion fish > ~/.config/fish/completions/orch.fish",
    ];

    public override int Run(Session session, List<string> args)
    {
        session.Out.Write(args[0] switch
        {
            "bash" => ShellScripts.Bash,
            "zsh" => ShellScripts.Zsh,
            "fish" => ShellScripts.Fish,
            var other => throw new CliException($"no completion for \"{other}\": use bash, zsh or fish"),
        });
        return 0;
    }
}
