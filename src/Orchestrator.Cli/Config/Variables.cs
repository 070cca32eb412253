namespace Orchestrator.Cli.Config;

/// <summary>Environment variables that docker's client has too: ours, <c>ORCH_HOST</c>, goes before its own.</summary>
internal static class Variables
{
    /// <param name="name">Without its prefix: <c>HOST</c>.</param>
    /// <returns>Null: neither is set to anything.</returns>
    public static string? Find(Func<string, string?> environment, string name) =>
        NotEmpty(environment("ORCH_" + name)) ?? NotEmpty(environment("DOCKER_" + name));

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
