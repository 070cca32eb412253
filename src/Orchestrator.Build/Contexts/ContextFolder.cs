using Orchestrator.Build.Copying;
using Orchestrator.Build.Syntax;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Contexts;

/// <summary>The files a build is given, unpacked where its steps find them.</summary>
public static class ContextFolder
{
    public const string DefaultDockerfile = "Dockerfile";

    private const int MaxDockerfile = 4 << 20;

    /// <summary>Unpacks what a client sent: a tar, plain or compressed. All becomes root's, as with docker.</summary>
    /// <exception cref="BuildException">It is no archive, or a damaged one.</exception>
    public static async Task UnpackAsync(Stream archive, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var plain = await LayerCompression.DecompressAsync(archive, cancellationToken);
            using var root = DirectoryHandle.Open(folder);
            await new TreeExtractor(root, "") { Owner = (0, 0) }
                .ExtractAsync(new TarReader(plain), cancellationToken);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or NotSupportedException)
        {
            throw new BuildException($"the build context cannot be read: {e.Message}", inner: e);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw DiskFull.Explain(e);
        }
    }

    /// <summary>Reads the Dockerfile of a context, and takes out of that what <c>.dockerignore</c> leaves out.</summary>
    /// <param name="name">Its path there.</param>
    /// <param name="isSent">A client has left things out already.</param>
    /// <exception cref="BuildException">There is none.</exception>
    /// <exception cref="DockerfileException">It cannot be read.</exception>
    public static Dockerfile ReadDockerfile(string folder, string name, bool isSent)
    {
        using var root = DirectoryHandle.Open(folder);
        var wanted = name.Length > 0 ? name : DefaultDockerfile;
        var content = TryRead(root, wanted)
            ?? (wanted == DefaultDockerfile ? TryRead(root, DefaultDockerfile.ToLowerInvariant()) : null)
            ?? throw new BuildException($"Cannot locate specified Dockerfile: {wanted}");
        if (content.Length == 0)
            throw new BuildException($"the Dockerfile ({wanted}) cannot be empty");
        if (isSent)
            IgnoredFiles.RemoveSent(root, wanted);
        else
            IgnoredFiles.RemoveAll(root, folder);
        return DockerfileParser.Parse(content);
    }

    private static byte[]? TryRead(DirectoryHandle root, string path)
    {
        using var file = RegularFile.TryOpen(root, path);
        if (file is null)
            return null;
        if (file.Length > MaxDockerfile)
            throw new BuildException($"the Dockerfile {path} is larger than {MaxDockerfile >> 20} MiB");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
