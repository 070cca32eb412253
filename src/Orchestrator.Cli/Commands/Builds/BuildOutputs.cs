using Orchestrator.Api;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Brings a built image where <c>-o</c> wants it.</summary>
internal static class BuildOutputs
{
    /// <param name="progress">Where a push tells how it goes on.</param>
    /// <exception cref="CliException">It cannot be written there.</exception>
    public static void Deliver(Session session, OutputSpec output, string image, TextWriter progress)
    {
        switch (output.Type)
        {
            case "local":
                Directory.CreateDirectory(output.Destination);
                Export(session, image, files => LocalTree.Unpack(files, output.Destination, static name => name));
                return;
            case "tar":
                Export(session, image, files => Write(session, output.Destination, files));
                return;
            case "oci" or "docker" when output.Destination.Length > 0:
                using (var archive = session.Client.Send("GET", Archive(output, image)))
                    Write(session, output.Destination, archive.Body);
                return;
            default:
                Name(session, output, image, progress);
                return;
        }
    }

    private static void Name(Session session, OutputSpec output, string image, TextWriter progress)
    {
        foreach (var name in output.Names)
        {
            var (repository, tag) = ImageName.Split(name);
            session.Client.Post($"/images/{image}/tag{new Query().Add("repo", repository).Add("tag", tag)}");
            if (output.Push) ImageTransfer.Push(session, name, progress);
        }
    }

    /// <summary>By name where it has one, so that whoever loads the archive finds it again.</summary>
    private static string Archive(OutputSpec output, string image) =>
        $"/images/get{output.Names.Aggregate(new Query(), static (query, name) => query.Add("names", name))}" is var named
        && output.Names.Length > 0 ? named : $"/images/{image}/get";

    /// <summary>The files of an image, by way of a container that never starts.</summary>
    private static void Export(Session session, string image, Action<Stream> take)
    {
        var created = session.Client.Post("/containers/create",
            new CreateContainerRequest { Image = image, Cmd = ["none"] },
            ApiJson.Wire.CreateContainerRequest, ApiJson.Wire.CreateContainerResponse);
        try
        {
            using var files = session.Client.Send("GET", $"/containers/{created.Id}/export");
            take(files.Body);
        }
        finally
        {
            session.Client.Delete($"/containers/{created.Id}?force=1&v=1");
        }
    }

    private static void Write(Session session, string path, Stream content)
    {
        session.Out.Flush();
        if (path == "-")
        {
            content.CopyTo(session.RawOutput);
            return;
        }
        var partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var file = File.Create(partial)) content.CopyTo(file);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new CliException($"cannot write {path}: {e.Message}", e);
        }
    }
}
