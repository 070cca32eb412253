using System.Text;

namespace Orchestrator.Daemon.Configuration;

/// <summary>The text of <c>orchd --help</c>.</summary>
internal static class Usage
{
    private const int HelpColumn = 42;

    public static string Text { get; } = Make();

    private static string Make()
    {
        var text = new StringBuilder(
            """
            Usage: orchd [OPTIONS]

            The daemon of one orch node: container engine, and member of a cluster once it has joined one. Options and
            keys of the configuration file are dockerd's; those of dockerd that have no meaning here are taken, and said
            to have none.

            Options:

            """);
        Line(text, "    --config-file FILE", $"default {DaemonOptions.DefaultConfigFile}; its keys are those in brackets");
        Line(text, "    --validate", "check the configuration and exit");
        Line(text, "-v, --version", "");
        foreach (var setting in Settings.Listed.Where(setting => setting.Help.Length > 0))
        {
            var letter = setting.Letter is { } one ? $"-{one}, " : "    ";
            var key = setting.Key == setting.Flag ? "" : $" [{setting.Key}]";
            Line(text, $"{letter}--{setting.Flag}{Word(setting.Kind)}", setting.Help + key);
        }

        return text.ToString().TrimEnd();
    }

    private static void Line(StringBuilder text, string flag, string help) =>
        text.Append(("  " + flag).PadRight(HelpColumn)).Append(' ').Append(help).Append('\n');

    private static string Word(SettingKind kind) => kind switch
    {
        SettingKind.Truth => "",
        SettingKind.Number => " N",
        SettingKind.Size => " BYTES",
        SettingKind.List => " VALUE...",
        SettingKind.Pairs or SettingKind.Records or SettingKind.Named or SettingKind.Objects => " KEY=VALUE...",
        _ => " VALUE",
    };
}
