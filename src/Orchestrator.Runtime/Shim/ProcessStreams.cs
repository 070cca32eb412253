using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Shim;

/// <summary>Our ends of a process's streams, and, until it runs, its ends too.</summary>
internal sealed class ProcessStreams
{
    private readonly List<FileDescriptor> theirs = [];

    private ProcessStreams()
    {
    }

    public bool IsTerminal { get; private init; }

    /// <summary>Where to write its standard input; null: it has none.</summary>
    public FileDescriptor? Stdin { get; private set; }

    public List<(int Stream, FileDescriptor File)> Outputs { get; } = [];

    public FileDescriptor? Master { get; private set; }

    /// <summary>Descriptors 0, 1, 2 to start it with.</summary>
    public FileDescriptor[] ForChild { get; private init; } = [];

    public static ProcessStreams Terminal()
    {
        var none = StandardStreams.Null(); // Until init puts the terminal there.
        var streams = new ProcessStreams { IsTerminal = true, ForChild = [none, none, none] };
        streams.theirs.Add(none);
        return streams;
    }

    /// <summary>Our own.</summary>
    public static ProcessStreams Inherited() => new() { ForChild = StandardStreams.Inherited() };

    /// <param name="openStdin">A pipe; otherwise /dev/null.</param>
    /// <param name="outputs">Pipes; otherwise /dev/null.</param>
    public static ProcessStreams Pipes(bool openStdin, bool outputs)
    {
        var none = StandardStreams.Null();
        var (stdin, stdinWrite) = openStdin ? FileDescriptor.Pipe() : (none, null);
        var (outRead, stdout) = outputs ? FileDescriptor.Pipe(nonBlockingRead: true) : (null, none);
        var (errRead, stderr) = outputs ? FileDescriptor.Pipe(nonBlockingRead: true) : (null, none);
        stdinWrite?.SetNonBlocking();
        outRead?.TryGrowPipe(OutputPipe.PipeBytes);
        errRead?.TryGrowPipe(OutputPipe.PipeBytes);
        var streams = new ProcessStreams { ForChild = [stdin, stdout, stderr], Stdin = stdinWrite };
        streams.theirs.AddRange(((FileDescriptor[])[none, stdin, stdout, stderr]).Distinct());
        if (outRead is not null && errRead is not null)
            streams.Outputs.AddRange([(1, outRead), (2, errRead)]);
        return streams;
    }

    /// <summary>The process runs: its ends are its own now, and the terminal it made is ours to hold.</summary>
    public void Started(FileDescriptor? master)
    {
        theirs.ForEach(f => f.Dispose());
        theirs.Clear();
        if (master is null)
            return;
        master.SetNonBlocking();
        Master = master;
        Stdin = master;
        Outputs.Add((1, master.Duplicate()));
    }

    public void Abandon()
    {
        theirs.ForEach(f => f.Dispose());
        Stdin?.Dispose();
        Outputs.ForEach(o => o.File.Dispose());
    }
}
