using System.Text;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images.Layers;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>RUN.</summary>
internal sealed class RunExecutor(BuildSession session, StageTable stages, int stage)
{
    /// <summary>What every container is given to be mounted on.</summary>
    private static readonly string[] Mounted =
    [
        "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/.dockerenv",
    ];

    /// <summary>ENOEXEC.</summary>
    private const string NoProgram = "exec format error";

    private readonly StepMountPlanner mounts = new(session, stages, stage);

    public async Task<StageResult> DoAsync(StageResult before, StepOutcome outcome, StepWork.Run run,
        Instruction instruction, CancellationToken cancellationToken)
    {
        if (run.Security == RunSecurity.Insecure && !session.Request.AllowsInsecure)
            throw new BuildException("security.insecure is not allowed: build with --allow security.insecure");
        if (run.Network == RunNetwork.Host && session.Request is { AllowsHostNetwork: false, NetworkMode: not "host" })
            throw new BuildException("network.host is not allowed: build with --allow network.host");
        var wanted = await mounts.PlanAsync(run, cancellationToken);
        using var key = Key(before, run, wanted);
        var layer = await LayerStep.DoAsync(
            session, stage, before, before, key.ToString(), outcome.CreatedBy, instruction.Original,
            (snapshot, token) => ForeignAsync(before.Platform, () => RunAsync(run, wanted, snapshot, token)),
            cancellationToken,
            [.. Mounted, .. wanted.Select(mount => mount.Target), RunScript.Folder]);
        return before.With(outcome.Next, layer, outcome.CreatedBy);
    }

    private CacheKey Key(StageResult before, StepWork.Run run, IEnumerable<PlannedMount> wanted) =>
        new CacheKey("run 1").Add(before.Chain?.ToString()).AddAll(run.Arguments).Add(run.Script)
            .AddAll(run.KeyEnvironment).Add(run.User).Add(run.WorkingDirectory)
            .Add(run.Network == RunNetwork.Default ? session.Request.NetworkMode : run.Network.ToString())
            .Add(run.Security.ToString()).AddAll(wanted.Select(mount => mount.Key)).Add(LayerStep.Times(session));

    /// <summary>Says of what the kernel does not know as a program why that is so.</summary>
    private static async Task ForeignAsync(Platform platform, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (BuildException e) when (e.Message.Contains(NoProgram, StringComparison.OrdinalIgnoreCase)
            && !Platform.Host.Accepts(platform))
        {
            throw new BuildException(
                $"{e.Message}: the stage is for {platform} and this host runs {Platform.Host}; begin a stage whose "
                + "programs are to run here with FROM --platform=$BUILDPLATFORM", inner: e);
        }
    }

    private async Task RunAsync(StepWork.Run run, IReadOnlyList<PlannedMount> wanted, Snapshot snapshot,
        CancellationToken cancellationToken)
    {
        await session.Running.WaitAsync(cancellationToken);
        try
        {
            await using var held = await mounts.MakeAsync(run, wanted, cancellationToken);
            var shown = snapshot.Key[StepKey.Prefix.Length..][..12];
            await SayAsync($" ---> Running in {shown}\n");
            var printing = new StepPrinter(SayAsync);
            var code = await session.Runner.RunAsync(Describe(run, held, snapshot), printing.WriteAsync, cancellationToken);
            await SayAsync($" ---> Removed intermediate container {shown}\n");
            if (code != 0)
                throw new BuildException(
                    $"The command '{run.Shown}' returned a non-zero code: {code}", code);
        }
        finally
        {
            session.Running.Release();
        }
    }

    private StepRun Describe(StepWork.Run run, HeldMounts held, Snapshot snapshot) => new()
    {
        Key = snapshot.Key,
        Arguments = run.Arguments,
        Environment = [.. run.Environment, .. held.Environment],
        User = run.User,
        WorkingDirectory = run.WorkingDirectory,
        NetworkMode = run.Network switch
        {
            RunNetwork.None => "none",
            RunNetwork.Host => "host",
            _ => session.Request.NetworkMode,
        },
        Privileged = run.Security == RunSecurity.Insecure,
        Mounts = held.Mounts,
        Limits = session.Request.Limits,
    };

    private ValueTask SayAsync(string text) => session.Output.WriteAsync(stage, new BuildMessage.Print(text));
}
