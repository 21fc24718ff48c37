def by_language():
    raise NotImplementedError
