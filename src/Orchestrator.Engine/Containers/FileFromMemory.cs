namespace Orchestrator.Engine.Containers;

/// <summary>A file of a container that is in memory alone, read-only: what is in it is nowhere on disk.</summary>
/// <param name="Id">What <see cref="IFileContents"/> is asked for.</param>
/// <param name="Name">For people.</param>
/// <param name="Target">Absolute, in the container.</param>
/// <param name="Uid">In the container.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record FileFromMemory(string Id, string Name, string Target, uint Uid, uint Gid, uint Mode);

/// <summary>Knows what is in files that are kept in memory.</summary>
public interface IFileContents
{
    /// <summary>Null: it does not know that one, now.</summary>
    ReadOnlyMemory<byte>? TryRead(string id);
}
