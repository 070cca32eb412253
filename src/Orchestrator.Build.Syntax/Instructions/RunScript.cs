namespace Orchestrator.Build.Syntax;

/// <summary>A RUN line with its heredocs in place.</summary>
/// <param name="Command">What is started; in shell form under the stage's shell.</param>
/// <param name="FileName">
/// Where a heredoc is a script of its own, by <c>#!</c>: the name of the executable file in <see cref="Folder"/>,
/// which <paramref name="Command"/> starts. Null otherwise.
/// </param>
/// <param name="FileText">What stands in that file.</param>
public sealed record RunScript(CommandLine Command, string? FileName = null, string? FileText = null)
{
    /// <summary>Where a step sees a script file, read-only.</summary>
    public const string Folder = "/dev/pipes";

    internal static RunScript Of(RunInstruction run)
    {
        if (run.Heredocs.IsEmpty) return new RunScript(run.Command);
        var line = run.Command.Words[0];
        var first = run.Heredocs[0];
        if (Parsing.HeredocReader.Opening(line) is null)
        {
            // More than one heredoc, or one among other words: the shell reads them itself.
            var whole = line + string.Concat(run.Heredocs.Select(heredoc => $"\n{heredoc.Content}{heredoc.Name}"));
            return new RunScript(new CommandLine(IsShell: true, [whole]));
        }
        return first.Text.StartsWith("#!", StringComparison.Ordinal)
            ? new RunScript(new CommandLine(IsShell: false, [$"{Folder}/{first.Name}"]), first.Name, first.Text)
            : new RunScript(new CommandLine(IsShell: true, [first.Text]));
    }
}
