namespace BillionHearts.Hosting;

/// <summary>A mistake of the reader's that one sentence can put right; its message is that sentence.</summary>
public class DistributedApplicationException : Exception
{
    public DistributedApplicationException()
    {
    }

    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
