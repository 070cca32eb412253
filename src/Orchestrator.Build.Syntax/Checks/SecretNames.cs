using System.Collections.Frozen;

namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Names that promise something nobody else should read.</summary>
internal static class SecretNames
{
    private static readonly FrozenSet<string> Telling = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token");

    private static readonly FrozenSet<string> Harmless =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "public", "file", "version");

    public static bool IsOne(string name)
    {
        var words = name.Split('_');
        return words.Any(Telling.Contains) && !words.Any(Harmless.Contains);
    }
}
