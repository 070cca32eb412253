using Google.Protobuf;
using Orchestrator.Linux.Files;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Agent;

/// <summary>
/// What the agent knows again after a restart, so that containers outlive both the daemon and the managers.
/// </summary>
/// <remarks>
/// <c>assignments</c>: the last complete set; <c>node</c>: this node as last described by a manager;
/// <c>tasks/ID</c>: observed status of each task. Each file is replaced whole.
/// </remarks>
internal sealed class AgentStore
{
    private readonly string directory;
    private readonly string taskDirectory;

    public AgentStore(string directory)
    {
        this.directory = directory;
        taskDirectory = Path.Combine(directory, "tasks");
        Directory.CreateDirectory(taskDirectory);
    }

    public Assignments LoadAssignments()
    {
        var assignments = new Assignments();
        if (TryRead("assignments") is { } saved)
            assignments.Load(saved);
        return assignments;
    }

    /// <param name="assignments">As <see cref="Assignments.Save"/> has them.</param>
    public void SaveAssignments(byte[] assignments) =>
        DurableFile.Replace(Path.Combine(directory, "assignments"), assignments);

    public P.SessionMessage? LoadSession() =>
        TryRead("session") is { } saved ? P.SessionMessage.Parser.ParseFrom(saved) : null;

    public void SaveSession(P.SessionMessage session) =>
        DurableFile.Replace(Path.Combine(directory, "session"), session.ToByteArray());

    public Dictionary<TaskId, TaskStatus> LoadStatuses()
    {
        var statuses = new Dictionary<TaskId, TaskStatus>();
        foreach (var file in Directory.EnumerateFiles(taskDirectory))
        {
            var name = Path.GetFileName(file);
            if (!name.EndsWith(".tmp", StringComparison.Ordinal))
                statuses[new(name)] = P.TaskStatus.Parser.ParseFrom(File.ReadAllBytes(file)).ToModel();
        }

        return statuses;
    }

    public void SaveStatus(TaskId task, TaskStatus status) =>
        DurableFile.Replace(Path.Combine(taskDirectory, task.Value), status.ToProto().ToByteArray());

    public void Forget(TaskId task) => File.Delete(Path.Combine(taskDirectory, task.Value));

    private byte[]? TryRead(string name)
    {
        var path = Path.Combine(directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
