using System.Text;

namespace Orchestrator.Runtime.Commands;

/// <summary>The texts of <c>--help</c>, out of the same tables that flags are parsed by.</summary>
internal static class Help
{
    public static readonly Option Asked = new("help", null, "this text", "h");

    public static string Overview(IReadOnlyList<Command> commands)
    {
        var text = new StringBuilder("""
            orch-runtime runs containers as the OCI runtime-spec describes them.

            Usage: orch-runtime [FLAGS] COMMAND [FLAGS] [ID]

            Commands:

            """);
        foreach (var command in commands)
            Line(text, command.Name, command.Summary);
        text.Append("\nFlags:\n");
        foreach (var option in GlobalOptions.All)
            Line(text, option.Usage, option.Help);
        return text.Append("\n`orch-runtime COMMAND --help` tells more of a command, with examples.\n").ToString();
    }

    public static string Of(Command command)
    {
        var text = new StringBuilder($"{command.Summary}\n\nUsage: orch-runtime {command.Name}");
        text.Append(command.Options.Length > 0 ? " [FLAGS]" : "");
        text.Append(command.Operands.Length > 0 ? $" {command.Operands}\n" : "\n");
        if (command.Options.Length > 0)
            text.Append("\nFlags:\n");
        foreach (var option in command.Options)
            Line(text, option.Usage, option.Help);
        text.Append("\nExamples:\n");
        foreach (var example in command.Examples)
            text.Append($"  {example}\n");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string help) =>
        text.Append(name.Length > 30 ? $"  {name}\n  {"",-30} {help}\n" : $"  {name,-30} {help}\n");
}
