using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Pins a tag to the digest it has now, so that every node, today and later, runs the same image.</summary>
internal static class ImageResolution
{
    /// <summary>Leaves the tag when no registry tells.</summary>
    /// <returns>Warnings for after the command's result: of a service that was not made nobody needs them.</returns>
    public static string[] Pin(Session session, TaskSpec task)
    {
        var image = task.ContainerSpec?.Image ?? "";
        if (image.Length == 0 || image.Contains('@', StringComparison.Ordinal)) return [];
        try
        {
            using var response = session.Client.Send(
                "GET",
                $"/distribution/{Uri.EscapeDataString(image).Replace("%2F", "/", StringComparison.Ordinal)}/json", null,
                RegistryAuth.Headers(session, image));
            var found = System.Text.Json.JsonSerializer.Deserialize(response.Body, ApiJson.Wire.DistributionInspect);
            if (found is not { Descriptor.Digest.Length: > 0 }) return [];
            task.ContainerSpec!.Image = $"{ImageName.WithTag(image)}@{found.Descriptor.Digest}";
            if (found.Platforms.Length > 0)
                (task.Placement ??= new Placement()).Platforms =
                    [.. found.Platforms.Select(static p => new Platform { Architecture = p.Architecture, OS = p.Os })];
            return [];
        }
        catch (DaemonException)
        {
            return
            [
                $"image {image} could not be accessed on a registry to record its digest. "
                + $"Each node will access {image} "
                + "independently, possibly leading to different nodes running different versions of the image.",
            ];
        }
    }
}
