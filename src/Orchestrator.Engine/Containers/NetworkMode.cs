namespace Orchestrator.Engine.Containers;

internal enum NetworkModeKind
{
    /// <summary>Joins the network called <see cref="NetworkMode.Name"/>.</summary>
    Named,
    Host,
    None,

    /// <summary>Shares the namespace of the container called <see cref="NetworkMode.Name"/>.</summary>
    Container,
}

/// <summary>What <c>--network</c> says.</summary>
internal readonly record struct NetworkMode(NetworkModeKind Kind, string Name)
{
    public const string DefaultNetwork = "bridge";

    public static NetworkMode Parse(string mode) => mode switch
    {
        "" or "default" or DefaultNetwork => new(NetworkModeKind.Named, DefaultNetwork),
        "host" => new(NetworkModeKind.Host, mode),
        "none" => new(NetworkModeKind.None, mode),
        _ when mode.StartsWith("container:", StringComparison.Ordinal) => new(NetworkModeKind.Container, mode[10..]),
        _ => new(NetworkModeKind.Named, mode),
    };
}
