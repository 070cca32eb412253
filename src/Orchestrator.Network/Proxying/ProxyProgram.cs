using System.Collections.Immutable;
using System.Diagnostics;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Proxying;

/// <summary>The daemon's side of orch-ingress: says what is to be done, and sees to it that somebody does it.</summary>
internal sealed class ProxyProgram(string program, ProxyFolder folder, HostSpace host) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private string version = "";
    private Process? started;

    /// <summary>Is there anything to do for it?</summary>
    public bool IsNeeded { get; private set; }

    /// <summary>Has it do what is asked, and nothing else. Costs nothing when that is what it does.</summary>
    /// <returns>What it could not do.</returns>
    public async Task<IReadOnlyCollection<string>> ApplyAsync(ProxyState state, CancellationToken cancellationToken)
    {
        IsNeeded = !state.IsEmpty;
        if (state.IsEmpty && !Directory.Exists(folder.Root))
            return [];
        folder.Create();
        var wanted = folder.Put(state);
        if (state.IsEmpty)
        {
            version = wanted;
            return []; // It ends by itself, once its connections have.
        }

        EnsureRuns();
        var deadline = wanted == version ? TimeSpan.Zero : Patience;
        version = wanted;
        return await StatusAsync(deadline, cancellationToken);
    }

    /// <summary>A daemon that was just restarted has not been told certificates yet; those that orch-ingress has by the same
    /// name are the same.</summary>
    public ImmutableSortedDictionary<string, string> WithKnown(
        ImmutableSortedDictionary<string, string> certificates, IEnumerable<string> wanted)
    {
        var missing = wanted.Where(name => name.Length > 0 && !certificates.ContainsKey(name)).Distinct().ToList();
        if (missing.Count == 0 || folder.State() is not { } before)
            return certificates;
        return certificates.AddRange(before.State.Certificates.Where(known => missing.Contains(known.Key)));
    }

    /// <summary>Starts it again if it died.</summary>
    /// <returns>It had.</returns>
    public bool EnsureRuns()
    {
        if (!IsNeeded || IsRunning())
            return false;
        try
        {
            started?.Dispose();
            started = host.Run(() => Process.Start(
                new ProcessStartInfo(program, ["--root", folder.Root]) { WorkingDirectory = "/" }));
            return true;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new NetworkException(
                NetworkFault.Kernel, $"cannot start {program}: {e.Message}; install orch-ingress beside orchd", e);
        }
    }

    /// <summary>Tells it that nothing is to be done any more, and waits until it is gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Root))
            return;
        IsNeeded = false;
        folder.Put(ProxyState.Nothing with { EndsAtOnce = true });
        var waited = Stopwatch.StartNew();
        while (IsRunning() && waited.Elapsed < Patience)
            await Task.Delay(10, cancellationToken);
    }

    /// <summary>Lets go of it; it goes on.</summary>
    public void Dispose() => started?.Dispose();

    private bool IsRunning()
    {
        if (started is { HasExited: false })
            return true; // It may not have come to take the lock yet.
        using var free = SoleOwner.TryTake(folder.Lock);
        return free is null;
    }

    private async Task<IReadOnlyCollection<string>> StatusAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (folder.Status() is { } status && status.Version == version)
                return status.Faults;
            if (waited.Elapsed >= deadline)
                return [$"orch-ingress does not do what it was told: its log is {folder.Log}"];
            await Task.Delay(5, cancellationToken);
        }
    }
}
