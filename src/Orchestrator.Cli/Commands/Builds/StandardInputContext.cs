using System.IO.Compression;
using Orchestrator.Build.Syntax.Patterns;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Standard input: an archive, or a Dockerfile without a context.</summary>
internal sealed class StandardInputContext : IBuildContext
{
    private readonly Stream _input;
    private readonly byte[] _start;

    /// <summary>Null: it is an archive.</summary>
    private readonly Lazy<byte[]>? _dockerfile;

    private StandardInputContext(Stream input, byte[] start, bool isArchive, string dockerfile)
    {
        (_input, _start, Dockerfile) = (input, start, dockerfile);
        _dockerfile = isArchive ? null : new Lazy<byte[]>(ReadAll);
    }

    public string Dockerfile { get; }

    public IgnoreFile Ignored => IgnoreFile.Empty;

    /// <exception cref="CliException">A Dockerfile comes by both standard input and <c>-f</c>.</exception>
    public static StandardInputContext Read(Session session, string file)
    {
        if (session.InputIsTerminal)
            throw new CliException("unable to prepare context from STDIN: it is a terminal; pipe a Dockerfile or a tar in");
        var start = new byte[1024];
        start = start[..session.Input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var isArchive = ArchiveSignature.Is(start);
        return isArchive || file.Length == 0 ? new StandardInputContext(session.Input, start, isArchive, file)
            : throw new CliException("unable to prepare context from STDIN: "
                + "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
    }

    public long Send(Stream output, bool compressed)
    {
        var counted = new CountingStream(output);
        using var packed = compressed ? new GZipStream(counted, CompressionLevel.Fastest, leaveOpen: true) : null;
        var target = packed ?? (Stream)counted;
        if (_dockerfile is null)
        {
            target.Write(_start);
            _input.CopyTo(target);
        }
        else
        {
            using var tar = new ContextTar(target);
            tar.AddFile("Dockerfile", _dockerfile!.Value);
        }
        packed?.Dispose();
        return counted.Bytes;
    }

    public byte[]? TryReadDockerfile() => _dockerfile?.Value;

    public void Dispose()
    {
    }

    private byte[] ReadAll()
    {
        using var all = new MemoryStream();
        all.Write(_start);
        _input.CopyTo(all);
        return all.ToArray();
    }
}
