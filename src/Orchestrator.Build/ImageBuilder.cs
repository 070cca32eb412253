using System.Globalization;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Images;
using Orchestrator.Images.Building;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build;

/// <summary>Builds images from Dockerfiles.</summary>
/// <remarks>Builds may race; what one has done the other finds. A build that fails, is cancelled or dies with the daemon
/// leaves nothing but the records of the steps that were done.</remarks>
public sealed class ImageBuilder(BuildStore store, ImageService images, IStepRunner runner)
{
    public BuildStore Store => store;

    /// <param name="output">Told in order; awaited before the build goes on.</param>
    /// <exception cref="BuildException">A step failed, or cannot be done.</exception>
    /// <exception cref="DockerfileException">What a line expands to makes no sense.</exception>
    /// <exception cref="ImageException">A tag is malformed, a base cannot be had, the disk is full.</exception>
    public async Task<Image> BuildAsync(
        BuildRequest request, BuildOutput output, CancellationToken cancellationToken)
    {
        var plan = StagePlanner.Plan(request.Dockerfile, request.Inputs);
        using var scratch = store.NewFolder();
        using var hidden = store.NewVolatile();
        using var session = new BuildSession
        {
            Request = request,
            Plan = plan,
            Images = images,
            Cache = store.Cache,
            Folders = store.Folders,
            Runner = runner,
            Lease = images.Workshop.Lease(),
            Output = new OrderedOutput(plan.Needed, output),
            Scratch = scratch.Path,
            Volatile = hidden.Path,
            Epoch = EpochOf(plan.Inputs),
        };
        await BeginAsync(session, output, cancellationToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stages = new StageTable(session, stopping);
        var image = await FinishAsync(session, stages, cancellationToken);
        await output(new BuildMessage.Built(image.Id));
        await new CacheExport(session, stages, image, output).PushAsync(cancellationToken);
        await EndAsync(session, image, output);
        await new CachePruner(store, images).LimitAsync(store.CacheBytes, session.UsedFolders, cancellationToken);
        return image;
    }

    private static DateTimeOffset? EpochOf(BuildInputs inputs)
    {
        if (inputs.BuildArgs.GetValueOrDefault(PredefinedArgs.SourceDateEpoch) is not { Length: > 0 } text)
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new BuildException($"invalid SOURCE_DATE_EPOCH: {text}: it is a number of seconds since 1970");
    }

    private static async Task BeginAsync(
        BuildSession session, BuildOutput output, CancellationToken cancellationToken)
    {
        session.CacheImages = await CacheImageLoader.LoadAsync(session, cancellationToken);
        var step = 1;
        foreach (var argument in session.Plan.Dockerfile.MetaArgs)
            await output(new BuildMessage.Print($"Step {step++}/{session.Plan.StepCount} : {argument.Original}\n"));
    }

    private static async Task<Image> FinishAsync(
        BuildSession session, StageTable stages, CancellationToken cancellationToken)
    {
        await stages.BuildAllAsync(session.Plan.Needed);
        var result = await stages.GetAsync(session.Plan.Target.Stage.Index, cancellationToken);
        if (session.Request.Squash)
            result = await Squasher.SquashAsync(session, result, cancellationToken);
        var images = new StageImages(session);
        if (session.Request.StageRepository.Length > 0)
            await images.AddOthersAsync(stages, session.Request.StageRepository, cancellationToken);
        return await images.AddAsync(result, session.Request.Tags, cancellationToken);
    }

    private static async Task EndAsync(BuildSession session, Image image, BuildOutput output)
    {
        if (!session.Plan.Unused.IsEmpty)
            await output(new BuildMessage.Print(
                $"[Warning] One or more build-args [{string.Join(' ', session.Plan.Unused)}] were not consumed\n"));
        await output(new BuildMessage.Print($"Successfully built {image.Id.ShortHex}\n"));
        foreach (var tag in session.Request.Tags)
            await output(new BuildMessage.Print($"Successfully tagged {Reference.Parse(tag).WithDefaultTag().Familiar}\n"));
    }
}
