"""The pages that people read: server-rendered, without scripts, without cookies.

pages       the routes            contexts   what each template is given
lot_page    from a lot's record to its page's context
words       every sentence of the pages, in Japanese and English
crop_marks  the crops' drawings   dates      dates and times as people write them
rendering   templates, the stylesheet's address, and the headers of a page
"""
