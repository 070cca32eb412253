using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Handles and objects of RDMA devices; v1 and v2 name the file alike.</summary>
internal static class RdmaPlan
{
    public static void Add(WriteList list, Dictionary<string, RdmaLimit> devices)
    {
        foreach (var (device, limit) in devices)
        {
            var field = $"rdma.{device}";
            if (device.Length == 0 || device.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
                throw WriteList.Fault(field, $"\"{device}\"", "it is the name of an RDMA device, as mlx5_0");
            if (limit is null)
                throw WriteList.Fault(field, "null", "leave it out");
            var text = string.Concat(
                limit.HcaHandles is { } handles ? $" hca_handle={handles}" : "",
                limit.HcaObjects is { } objects ? $" hca_object={objects}" : "");
            if (text.Length > 0)
                list.Add(field, text.Trim(), list.Need("rdma", field, text.Trim()).Path, "rdma.max", device + text,
                    restore: WriteList.Line(device, $"{device} hca_handle=max hca_object=max"));
        }
    }
}
