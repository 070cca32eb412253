using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

internal static class TaskFactory
{
    /// <summary>A new attempt at a slot, made from the service as it is now.</summary>
    public static OrchTask Create(Service service, SlotKey slot, TaskId id, TaskState desired, DateTimeOffset now) =>
        new()
    {
        Id = id,
        // So that it has an age before it is stored.
        Meta = new Meta(0, now, now),
        Spec = service.Spec.Task,
        SpecVersion = service.SpecVersion,
        ServiceId = service.Id,
        ServiceAnnotations = service.Spec.Annotations,
        Slot = slot.Number,
        NodeId = slot.Node,
        DesiredState = desired,
        Status = new TaskStatus { State = TaskState.New, Message = "created", Timestamp = now },
        Endpoint = new ServiceEndpoint { Spec = service.Spec.Endpoint },
    };
}
