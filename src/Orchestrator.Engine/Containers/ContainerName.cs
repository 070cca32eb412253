using System.Text.RegularExpressions;

namespace Orchestrator.Engine.Containers;

/// <summary>What may be a container's name.</summary>
internal static partial class ContainerName
{
    /// <summary>Without docker's leading slash; throws for what docker refuses too.</summary>
    public static string Parse(string name)
    {
        var bare = name.StartsWith('/') ? name[1..] : name;
        if (Allowed().IsMatch(bare))
            return bare;
        throw EngineException.Invalid(
            $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
    private static partial Regex Allowed();
}
