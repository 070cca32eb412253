using Orchestrator.Linux.Files;

namespace Orchestrator.Daemon.Startup;

/// <summary>The engine's own id, made once for a data root.</summary>
internal static class NodeIdentity
{
    public static string ReadOrMake(string dataRoot)
    {
        var path = Path.Combine(dataRoot, "engine-id");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
            return known;
        var made = Guid.NewGuid().ToString();
        DurableFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(made + "\n"));
        return made;
    }
}
