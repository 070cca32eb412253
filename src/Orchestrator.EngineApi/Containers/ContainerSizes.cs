using Orchestrator.Engine;
using Orchestrator.Engine.Containers;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Bytes that containers take up; measured when asked, which reads whole trees.</summary>
internal static class ContainerSizes
{
    public static Api.ContainerSummary WithSize(
        this Api.ContainerSummary view, ContainerRecord record, ContainerEngine engine)
    {
        var written = engine.SizeOf(record);
        return view with { SizeRw = written, SizeRootFs = written + OfImage(record, engine) };
    }

    public static Api.ContainerInspect WithSize(
        this Api.ContainerInspect view, ContainerRecord record, ContainerEngine engine)
    {
        var written = engine.SizeOf(record);
        return view with { SizeRw = written, SizeRootFs = written + OfImage(record, engine) };
    }

    private static long OfImage(ContainerRecord record, ContainerEngine engine) =>
        engine.Images.TryFind(record.ImageId)?.SizeBytes ?? 0;
}
