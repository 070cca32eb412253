namespace Orchestrator.EngineApi.Tests.Swarm;

/// <summary>A test that needs docker's own client; says so where there is none.</summary>
public sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(static folder => File.Exists(Path.Combine(folder, "docker")))) Skip = "needs the docker client on PATH";
    }
}
