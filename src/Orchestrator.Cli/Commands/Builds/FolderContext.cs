using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Build.Syntax.Patterns;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>A folder of this host, less what its ignore file names.</summary>
internal sealed class FolderContext : IBuildContext
{
    private const string IgnoreName = ".dockerignore";

    private readonly string _folder;
    private readonly string _ignoreText;

    /// <summary>The Dockerfile that is not in the folder, which then travels under a name that nobody has.</summary>
    private readonly byte[]? _foreign;

    private FolderContext(string folder, DockerfilePlace place)
    {
        _folder = folder;
        _foreign = place.Foreign;
        Dockerfile = place.Foreign is null ? place.Path
            : ".dockerfile." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        var ignore = place.IgnorePath ?? Path.Combine(folder, IgnoreName);
        _ignoreText = File.Exists(ignore) ? Encoding.UTF8.GetString(LocalFile.Read(ignore)) : "";
        Ignored = Parse(ignore, _ignoreText);
    }

    public string Dockerfile { get; }

    public IgnoreFile Ignored { get; }

    /// <exception cref="CliException">Docker's words, where folder or Dockerfile cannot be read.</exception>
    public static FolderContext Open(Session session, string folder, string file)
    {
        var root = LocalFile.RealFolder(folder);
        return new FolderContext(root, DockerfilePlace.Find(session, root, file));
    }

    public byte[]? TryReadDockerfile() => _foreign ?? LocalFile.Read(Path.Combine(_folder, Dockerfile));

    public long Send(Stream output, bool compressed)
    {
        var counted = new CountingStream(output);
        using (var packed = compressed ? new GZipStream(counted, CompressionLevel.Fastest, leaveOpen: true) : null)
        using (var tar = new ContextTar(packed ?? (Stream)counted))
        {
            tar.AddFolder(_folder, Sent());
            if (_foreign is not null) AddForeign(tar, _foreign);
        }
        return counted.Bytes;
    }

    public void Dispose()
    {
    }

    /// <summary>The daemon reads the Dockerfile and the ignore file, whether or not steps may see them.</summary>
    private IgnoreFile Sent()
    {
        var text = new StringBuilder(_ignoreText);
        foreach (var name in new[] { IgnoreName, Dockerfile })
            if (Ignored.Excludes(name)) text.Append("\n!").Append(Literal(name));
        return Parse(IgnoreName, text.ToString());
    }

    /// <summary>The ignore file is amended, so that the Dockerfile's borrowed name is in no image.</summary>
    private void AddForeign(ContextTar tar, byte[] content)
    {
        tar.AddFile(Dockerfile, content);
        var own = Path.Combine(_folder, IgnoreName);
        var before = File.Exists(own) ? Encoding.UTF8.GetString(LocalFile.Read(own)) : IgnoreName;
        tar.AddFile(IgnoreName, Encoding.UTF8.GetBytes($"{before}\n{Dockerfile}\n"));
    }

    private static IgnoreFile Parse(string name, string text)
    {
        try
        {
            return IgnoreFile.Parse(text);
        }
        catch (FormatException fault)
        {
            throw new CliException($"error reading {Path.GetFileName(name)}: {fault.Message}", fault);
        }
    }

    private static string Literal(string name) =>
        string.Concat(name.Select(static c => c is '*' or '?' or '[' or '\\' ? $"\\{c}" : c.ToString()));
}
