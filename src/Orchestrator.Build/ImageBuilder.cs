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
        var result = await StagesAsync(session, cancellationToken);
        if (request.Squash)
            result = await Squasher.SquashAsync(session, result, cancellationToken);
        var image = await FinishAsync(session, result, cancellationToken);
        await output(new BuildMessage.Built(image.Id));
        await CacheExport.PushAsync(session, image, output, cancellationToken);
        await EndAsync(session, image, output);
        await new CachePruner(store, images).LimitAsync(BuildStore.KeptBytes, cancellationToken);
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

    private static async Task<StageResult> StagesAsync(BuildSession session, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stages = new StageTable(session, stopping);
        await stages.BuildAllAsync(session.Plan.Needed);
        return await stages.GetAsync(session.Plan.Target.Stage.Index, cancellationToken);
    }

    private async Task<Image> FinishAsync(BuildSession session, StageResult result, CancellationToken cancellationToken)
    {
        if (result.Base is { } on && result.History.Length == (on.Config.History ?? []).Length)
        {
            // Nothing was added: it is the base itself.
            foreach (var tag in session.Request.Tags)
                await images.TagAsync(on.Id.ToString(), tag, cancellationToken);
            return images.Find(on.Id.ToString());
        }

        var config = result.ToImage(session.Epoch ?? TimeOf(result));
        return await session.Workshop.AddAsync(
            session.Lease, config, result.Layers, session.Request.Tags, cancellationToken);
    }

    /// <summary>The same image built again is the same image: it keeps the time it was first built at.</summary>
    private DateTimeOffset TimeOf(StageResult result)
    {
        using var key = new CacheKey("image 1")
            .Add(Digest.Of(ImageJson.Write(result.ToImage(created: null))).ToString());
        using var lease = images.Workshop.Lease();
        var record = store.Cache.Find(lease, key.ToString())
            ?? store.Cache.Add(key.ToString(), null, "image");
        return DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt.ToUnixTimeMilliseconds());
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
