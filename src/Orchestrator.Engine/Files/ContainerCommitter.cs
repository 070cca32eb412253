using System.Text.Json;
using Orchestrator.Engine.Containers;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Engine.Files;

/// <summary>Makes an image of a container: its image, what it changed, and how it was run.</summary>
internal sealed class ContainerCommitter(ContainerTable table, ImageService images, ContainerEvents events)
{
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;

    public async Task<Digest> CommitAsync(
        string reference, CommitRequest request, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var record = entry.Record;
        var parent = images.TryFind(record.ImageId) ?? throw new EngineException(
            EngineError.NotFound,
            $"the image of container {record.Name} is gone: {record.ImageId}; use export instead");
        var pauses = request.Pause && record.State.Status == ContainerStatus.Running && entry.Run is not null;
        if (pauses)
            await entry.Run!.PauseAsync(cancellationToken);
        try
        {
            var image = await images.CommitAsync(
                record.Id, parent, Options(record, parent, request), cancellationToken);
            events.Publish(record, "commit", ("comment", request.Message), ("imageID", image.Id.ToString()));
            return image.Id;
        }
        finally
        {
            if (pauses)
                await entry.Run!.ResumeAsync(CancellationToken.None);
        }
    }

    private static CommitOptions Options(ContainerRecord record, Image parent, CommitRequest request) => new()
    {
        Reference = request.Reference,
        Author = request.Author,
        Message = request.Message,
        Changes = [.. request.Changes],
        CreatedBy = string.Join(' ', record.Process.Arguments),
        Config = Config(record, parent.Config.Config ?? new ContainerConfig()),
        Skips = MountPoints.Of(record).Contains,
    };

    private static ContainerConfig Config(ContainerRecord record, ContainerConfig image)
    {
        var process = record.Process;
        return image with
        {
            User = process.User,
            ExposedPorts = process.ExposedPorts.Count == 0 ? null
                : process.ExposedPorts.ToDictionary(port => port, _ => EmptyObject),
            Tty = record.Spec.Tty,
            OpenStdin = record.Spec.OpenStdin,
            StdinOnce = record.Spec.StdinOnce,
            Env = [.. process.Environment],
            Entrypoint = process.EntrypointLength == 0 ? null : [.. process.Arguments.Take(process.EntrypointLength)],
            Cmd = [.. process.Arguments.Skip(process.EntrypointLength)],
            Image = record.Spec.Image,
            WorkingDir = process.WorkingDirectory,
            Labels = process.Labels.Count == 0 ? null : new(process.Labels),
            StopSignal = process.StopSignal,
            OnBuild = null, // Were for whoever builds on the image that this one stands on.
        };
    }
}
