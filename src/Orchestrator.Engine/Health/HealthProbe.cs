using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Execs;
using Orchestrator.Engine.Running;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Health;

/// <summary>Runs one check inside a container.</summary>
internal sealed class HealthProbe(ContainerEvents events, Func<string[]> hostCapabilities, TimeProvider time)
{
    private const int KeptOutput = 4096, NotRun = -1, Sigkill = 9, FrameHeader = 8;

    /// <summary>Never fails but by cancellation: what went wrong is the result.</summary>
    public async Task<ProbeResult> RunAsync(
        ContainerRecord container, IContainerRun run, IReadOnlyList<string> command, TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var start = time.GetUtcNow();
        var (exitCode, output) = await TryAsync(container, run, command, timeout, cancellationToken);
        return new ProbeResult(start, time.GetUtcNow(), exitCode, output);
    }

    private async Task<(int ExitCode, string Output)> TryAsync(
        ContainerRecord container, IContainerRun run, IReadOnlyList<string> command, TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var id = RandomId.Next();
        var words = string.Join(' ', command);
        try
        {
            events.Publish(container, $"exec_create: {words}", ("execID", id));
            var process = ExecProcess.Of(container, run, new Execs.ExecSpec { Command = command }, hostCapabilities());
            var exec = await run.ExecAsync(
                process, openStdin: false, privileged: false, detach: false, cancellationToken);
            events.Publish(container, $"exec_start: {words}", ("execID", id));
            var ended = await FinishAsync(run, exec.ExecId, timeout, cancellationToken);
            events.Publish(container, "exec_die", ("execID", id), ("exitCode", $"{ended.ExitCode}"));
            return ended;
        }
        catch (Exception e) when (e is ShimException or SocketException or IOException or EngineException)
        {
            return (NotRun, e.Message);
        }
    }

    private async Task<(int ExitCode, string Output)> FinishAsync(
        IContainerRun run, string exec, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var output = new StringBuilder();
        try
        {
            await using var streams = await run.AttachAsync(
                exec, new AttachOptions(Stdin: false, Stdout: true, Stderr: true), terminal: false, stdinOnce: false,
                either.Token);
            await ReadAsync(streams, output, either.Token);
            var exit = await run.WaitExecAsync(exec, either.Token);
            return (exit.ExitCode, output.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await run.SignalExecAsync(exec, Sigkill, cancellationToken);
            var said = output.Length > 0 ? $": {output}" : "";
            return (NotRun, $"Health check exceeded timeout ({Words(timeout)}){said}");
        }
    }

    /// <summary>Both streams as they come, at most <see cref="KeptOutput"/> characters of them.</summary>
    private static async Task ReadAsync(AttachedStreams streams, StringBuilder output, CancellationToken cancellation)
    {
        var header = new byte[FrameHeader];
        var buffer = new byte[KeptOutput];
        while (await FillAsync(streams, header, cancellation))
        {
            var left = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                var part = buffer.AsMemory(0, Math.Min(left, buffer.Length));
                if (!await FillAsync(streams, part, cancellation))
                    return;
                left -= part.Length;
                Append(output, Encoding.UTF8.GetString(part.Span));
            }
        }
    }

    private static void Append(StringBuilder output, string text)
    {
        const string cut = "...";
        var room = KeptOutput - output.Length;
        if (room > 0)
            output.Append(text.Length <= room ? text : text[..room] + cut);
    }

    private static async Task<bool> FillAsync(
        AttachedStreams streams, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var read = await streams.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                return false;
            buffer = buffer[read..];
        }

        return true;
    }

    private static string Words(TimeSpan time) => time.TotalSeconds < 1 ? $"{time.TotalMilliseconds:0.###}ms"
        : time.TotalMinutes < 1 ? $"{time.TotalSeconds:0.###}s"
        : $"{(int)time.TotalMinutes}m{time.Seconds}s";
}
