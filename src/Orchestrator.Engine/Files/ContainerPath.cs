using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Files;

/// <summary>A path inside a container, found: the folder it is in, open, and its name there.</summary>
internal sealed class ContainerPath : IDisposable
{
    private readonly string path;

    private ContainerPath(DirectoryHandle folder, string name, string path) =>
        (Folder, Name, this.path) = (folder, name, path);

    public DirectoryHandle Folder { get; }

    /// <summary>One name in <see cref="Folder"/>; <c>.</c> for the folder itself.</summary>
    public string Name { get; }

    public FileStatus Status { get; private init; }

    /// <summary>What the thing is called in an archive: its last part as typed; <c>/</c> for the root.</summary>
    public string BaseName =>
        path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : "/";

    /// <param name="path">With a slash or <c>/.</c> at its end, a link there is followed.</param>
    /// <exception cref="EngineException">NotFound, in docker's words.</exception>
    public static ContainerPath Find(DirectoryHandle root, string container, string path)
    {
        var absolute = path.StartsWith('/') ? path : "/" + path;
        var followed = absolute.EndsWith('/') || absolute.EndsWith("/.", StringComparison.Ordinal);
        var clean = Path.GetFullPath(absolute).TrimEnd('/');
        try
        {
            var slash = clean.LastIndexOf('/');
            var folder = root.OpenDirectoryIn(Relative(followed || slash < 0 ? clean : clean[..slash]));
            var name = followed || slash < 0 ? "." : clean[(slash + 1)..];
            if (folder.TryStat(name, out var status))
                return new ContainerPath(folder, name, absolute) { Status = status };
            folder.Dispose();
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            // Told below.
        }

        throw new EngineException(
            EngineError.NotFound, $"Could not find the file {path} in container {container}");
    }

    /// <summary>Relative to the root; the root itself is <c>.</c>.</summary>
    public static string Relative(string path) => path.Trim('/') is { Length: > 0 } inner ? inner : ".";

    public PathStatus Describe(DirectoryHandle root) => new(
        BaseName, Status.Size, GoMode(Status),
        DateTimeOffset.FromUnixTimeSeconds(Status.ModifySeconds)
            .AddTicks(Status.ModifyNanoseconds / TimeSpan.NanosecondsPerTick),
        Status.Kind == FileKind.SymbolicLink ? Target(root) : "");

    public void Dispose() => Folder.Dispose();

    /// <summary>Where the link leads, as a path from the container's root.</summary>
    private string Target(DirectoryHandle root)
    {
        var said = Folder.ReadLink(Name);
        var (top, here) = (Real(root), Real(Folder));
        var inside = here.StartsWith(top, StringComparison.Ordinal) ? here[top.Length..] : here;
        return Path.GetFullPath(Path.Combine("/" + inside.TrimStart('/'), said));
    }

    private static string Real(DirectoryHandle folder) =>
        new FileInfo(folder.ProcPath).LinkTarget?.TrimEnd('/') ?? "";

    internal static uint GoMode(FileStatus status)
    {
        const uint setUid = 0x800, setGid = 0x400, sticky = 0x200;
        var kind = status.Kind switch
        {
            FileKind.Directory => 1u << 31,
            FileKind.SymbolicLink => 1u << 27,
            FileKind.BlockDevice => 1u << 26,
            FileKind.CharacterDevice => (1u << 26) | (1u << 21),
            FileKind.Fifo => 1u << 25,
            FileKind.Socket => 1u << 24,
            _ => 0u,
        };
        return kind | (status.Permissions & 0x1FF)
            | ((status.Permissions & setUid) != 0 ? 1u << 23 : 0)
            | ((status.Permissions & setGid) != 0 ? 1u << 22 : 0)
            | ((status.Permissions & sticky) != 0 ? 1u << 20 : 0);
    }
}
