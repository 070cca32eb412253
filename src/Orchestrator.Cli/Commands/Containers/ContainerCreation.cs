using Orchestrator.Api;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Creates a container, and pulls its image first where that is wanted.</summary>
internal static class ContainerCreation
{
    /// <returns>The new container's ID.</returns>
    public static string Create(Session session, ContainerFlags flags, CreateContainerRequest request)
    {
        if (flags.Pull.Value is not ("always" or "missing" or "never"))
            throw new CliException(
                $"invalid pull option: '{flags.Pull.Value}': must be one of \"always\", \"missing\" or \"never\"", 125);
        if (flags.CidFile.Value.Length > 0 && File.Exists(flags.CidFile.Value))
            throw new CliException(
                "container ID file found, make sure the other container isn't running "
                + $"or delete {flags.CidFile.Value}", 125);
        if (flags.Resources.NamesKernelMemory)
            session.Error.WriteLine("WARNING: --kernel-memory is ignored: the kernel has no such limit any more");
        if (flags.Pull.Value == "always") Pull(session, flags, request.Image);

        var response = Post(session, flags, request);
        foreach (var warning in response.Warnings) session.Error.WriteLine($"WARNING: {warning}");
        if (flags.CidFile.Value.Length > 0) File.WriteAllText(flags.CidFile.Value, response.Id);
        return response.Id;
    }

    private static CreateContainerResponse Post(Session session, ContainerFlags flags, CreateContainerRequest request)
    {
        var path = "/containers/create"
            + new Query().Add("name", flags.Name.Value).Add("platform", flags.Platform.Value);
        try
        {
            return Send(session, path, request);
        }
        catch (DaemonException e) when (e.Status == 404 && IsMissingImage(e) && flags.Pull.Value == "missing")
        {
            if (!flags.Quiet)
                session.Error.WriteLine($"Unable to find image '{ImageName.WithTag(request.Image)}' locally");
            Pull(session, flags, request.Image);
            return Send(session, path, request);
        }
    }

    private static CreateContainerResponse Send(Session session, string path, CreateContainerRequest request) =>
        session.Client.Post(path, request, ApiJson.Wire.CreateContainerRequest, ApiJson.Wire.CreateContainerResponse);

    /// <summary>A container's create can miss a network or a volume, too; only an image is worth a pull.</summary>
    private static bool IsMissingImage(DaemonException e) =>
        e.Reason.Contains("No such image", StringComparison.OrdinalIgnoreCase);

    /// <summary>To stderr, so that what the container prints stays alone on stdout.</summary>
    private static void Pull(Session session, ContainerFlags flags, string image) =>
        ImageTransfer.Pull(session, image, flags.Platform.Value, flags.Quiet ? TextWriter.Null : session.Error);
}
