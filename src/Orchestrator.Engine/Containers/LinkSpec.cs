namespace Orchestrator.Engine.Containers;

/// <summary>What <c>--link</c> says: <c>db</c> or <c>db:store</c>, and also <c>/db:/web/store</c>, as inspect shows
/// it. Pure.</summary>
public readonly record struct LinkSpec(string Container, string Alias)
{
    /// <exception cref="EngineException">None of these.</exception>
    public static LinkSpec Parse(string text)
    {
        var parts = text.Split(':');
        if (text.Length == 0)
            throw EngineException.Invalid("empty string specified for links");
        if (parts.Length > 2 || parts.Any(part => part.Length == 0))
            throw EngineException.Invalid($"bad format for links: {text}; write CONTAINER or CONTAINER:ALIAS");
        var container = parts[0].TrimStart('/');
        var alias = parts.Length == 1 ? container : parts[1];
        return new(container, alias[(alias.LastIndexOf('/') + 1)..]);
    }
}
