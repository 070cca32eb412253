using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Security.Tests.Identity;

public sealed class IdentityRenewerTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"orch-renewer-{Guid.NewGuid():N}");
    private readonly TestCluster _cluster = new();
    private readonly ManualTime _time = new(TestCluster.Now);
    private readonly Channel<DateTimeOffset> _attempts = Channel.CreateUnbounded<DateTimeOffset>();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private (IdentityRenewer, IdentitySource, Task) Start(Func<NodeIdentity> renew)
    {
        var source = new IdentitySource(_cluster.Node("n1", NodeRole.Worker));
        var renewer = new IdentityRenewer(
            source,
            new IdentityStore(_directory),
            _ =>
            {
                _attempts.Writer.TryWrite(_time.GetUtcNow());
                return Task.FromResult(renew());
            },
            _time,
            new Random(1),
            NullLogger.Instance);
        return (renewer, source, renewer.RunAsync(_stop.Token));
    }

    private async Task<DateTimeOffset> AdvanceUntilAttempt(TimeSpan step)
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (_attempts.Reader.TryRead(out var at))
                return at;
            _time.Advance(step);
            await Task.Delay(1);
        }

        throw new TimeoutException("No renewal was attempted.");
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_certificate_is_renewed_before_it_ends_saved_and_used()
    {
        var renewed = new TaskCompletionSource<NodeIdentity>();
        var (_, source, run) = Start(() => _cluster.Node("n1", NodeRole.Worker, now: _time.GetUtcNow()));
        source.Replaced += renewed.SetResult;

        var at = await AdvanceUntilAttempt(TimeSpan.FromHours(12));
        var identity = await renewed.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.InRange(at, TestCluster.Now.AddDays(45), TestCluster.Now.AddDays(74));
        Assert.Same(identity, source.Current);
        using var saved = new IdentityStore(_directory).Load();
        Assert.Equal(identity.Certificate.Thumbprint, saved!.Certificate.Thumbprint);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_wish_renews_at_once()
    {
        var renewed = new TaskCompletionSource<NodeIdentity>();
        var (renewer, source, run) = Start(() => _cluster.Node("n1", NodeRole.Manager));
        source.Replaced += renewed.SetResult;

        renewer.RenewNow();

        Assert.Equal(NodeRole.Manager, (await renewed.Task.WaitAsync(TimeSpan.FromSeconds(20))).Role);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_failed_renewal_is_tried_again_and_the_identity_kept()
    {
        var (renewer, source, run) = Start(() => throw new HttpRequestException("no route"));
        var before = source.Current;

        renewer.RenewNow();
        var first = await AdvanceUntilAttempt(TimeSpan.Zero);
        var second = await AdvanceUntilAttempt(TimeSpan.FromSeconds(1));

        Assert.True(second >= first.AddSeconds(5), $"{first} then {second}");
        Assert.Same(before, source.Current);
        await StopAsync(run);
    }
}
