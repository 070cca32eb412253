using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>The format of a list: the flag's, else the one that the user's config.json names for it.</summary>
internal static class DefaultFormat
{
    /// <param name="name">As docker calls it there: <c>psFormat</c>.</param>
    /// <param name="quiet">IDs were asked for; only the flag goes before that.</param>
    public static string Of(Session session, ValueFlag<string> flag, string name, bool quiet) =>
        flag.Value.Length > 0 || quiet ? flag.Value : session.Folder.File.Text(name);
}
