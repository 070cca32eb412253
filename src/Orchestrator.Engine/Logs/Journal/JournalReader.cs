using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Orchestrator.Engine.Logs.Journal;

/// <summary>Reads what a container wrote back from systemd's journal, through journalctl: the journal's files are
/// systemd's own affair.</summary>
internal sealed class JournalReader
{
    private const string Program = "journalctl";

    /// <summary>How often one who follows asks whether the container has ended.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly string program, containerId;
    private readonly TimeProvider time;

    /// <exception cref="EngineException">There is no journalctl on this host.</exception>
    public JournalReader(string containerId, TimeProvider time)
    {
        (this.containerId, this.time) = (containerId, time);
        program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists)
            ?? throw new EngineException(
                EngineError.NotImplemented,
                "configured logging driver does not support reading: journald's logs are read through journalctl, which "
                + "is not on this host; install systemd's");
    }

    /// <param name="hasEnded">Asked when following: after a true answer one last look is taken.</param>
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogQuery query, Func<bool> hasEnded, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "";
        if (query.Follow)
        {
            await foreach (var entry in RunAsync(query, cursor, hasEnded, cancellationToken))
            {
                cursor = entry.Cursor;
                if (query.Until < entry.Log.Time)
                    yield break;
                if (IsWanted(entry.Log, query))
                    yield return entry.Log;
            }
        }

        await SyncAsync(cancellationToken);
        await foreach (var entry in RunAsync(query, cursor, null, cancellationToken))
        {
            if (IsWanted(entry.Log, query))
                yield return entry.Log;
        }
    }

    private static bool IsWanted(LogEntry entry, LogQuery query) =>
        (entry.Stream == LogStream.Stderr ? query.Stderr : query.Stdout)
        && (query.Since is null || entry.Time >= query.Since)
        && (query.Until is null || entry.Time <= query.Until);

    /// <param name="cursor">Begin after it; empty: where the query says.</param>
    /// <param name="hasEnded">Null: what there is. Else wait for more, until it is true.</param>
    private async IAsyncEnumerable<JournalEntry> RunAsync(
        LogQuery query, string cursor, Func<bool>? hasEnded, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var journal = Start(Arguments(query, cursor, follows: hasEnded is not null));
        try
        {
            while (await NextAsync(journal, hasEnded, cancellationToken) is { } line)
            {
                if (JournalEntry.TryParse(line, out var entry))
                    yield return entry;
            }

            if (hasEnded is null)
                await CheckAsync(journal, cancellationToken);
        }
        finally
        {
            if (!journal.HasExited)
                journal.Kill();
        }
    }

    /// <returns>Null: there will be none.</returns>
    private async Task<string?> NextAsync(Process journal, Func<bool>? hasEnded, CancellationToken cancellationToken)
    {
        var line = journal.StandardOutput.ReadLineAsync(cancellationToken).AsTask();
        while (hasEnded is not null && !line.IsCompleted)
        {
            if (hasEnded())
                return null; // Who has ended says no more; what is still on its way is read after this.
            await Task.WhenAny(line, Task.Delay(Glance, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await line;
    }

    /// <summary>What was sent to the journal and not yet written is waited for. A journal that is asked in vain is read
    /// as it is.</summary>
    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        using var journal = Start(["--sync"]);
        await journal.StandardOutput.ReadToEndAsync(cancellationToken);
        await journal.WaitForExitAsync(cancellationToken);
    }

    private static async Task CheckAsync(Process journal, CancellationToken cancellationToken)
    {
        var complaint = (await journal.StandardError.ReadToEndAsync(cancellationToken)).Trim();
        await journal.WaitForExitAsync(cancellationToken);
        if (journal.ExitCode != 0 && complaint.Length > 0)
            throw new EngineException(EngineError.Internal, $"{Program}: {complaint.Split('\n')[0]}");
    }

    private Process Start(IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        }) ?? throw new EngineException(EngineError.Internal, $"{program} could not be started");

    private List<string> Arguments(LogQuery query, string cursor, bool follows)
    {
        List<string> all = ["--output=json", "--all", "--quiet", "--no-pager"];
        if (follows)
            all.Add("--follow");
        if (cursor.Length > 0)
            all.Add($"--after-cursor={cursor}");
        else if (query.Tail is { } lines)
            all.Add($"--lines={lines.ToString(CultureInfo.InvariantCulture)}");
        else if (follows)
            all.Add("--no-tail");
        // By the second: journalctl chooses where to begin to read, and what is wanted is chosen here.
        if (query.Since is { } since && cursor.Length == 0)
            all.Add($"--since=@{since.ToUnixTimeSeconds()}");
        if (query.Until is { } until && !follows)
            all.Add($"--until=@{Seconds(until)}");
        all.Add($"CONTAINER_ID_FULL={containerId}");
        return all;
    }

    private static string Seconds(DateTimeOffset at) =>
        ((at - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond)
        .ToString("0.000000", CultureInfo.InvariantCulture);
}
